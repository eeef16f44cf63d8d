# نصوص الصفحات التي يراها الناس في طريقهم إلى تطبيق.

## تسجيل الدخول

login-title = تسجيل الدخول
login-lead = للمتابعة إلى { $client }
login-username = اسم المستخدم
login-password = كلمة المرور
login-submit = تسجيل الدخول
login-or = أو
login-idp = المتابعة عبر { $idp }
login-continue = المتابعة باسم { $user }
login-another = أو استخدم حسابًا آخر
login-cancel = إلغاء والعودة
login-wrong = اسم المستخدم أو كلمة المرور غير صحيحة. تحقق منهما وحاول مرة أخرى.
login-wait = { $minutes ->
    [one] محاولات خاطئة كثيرة. انتظر دقيقة ثم حاول مرة أخرى.
    [two] محاولات خاطئة كثيرة. انتظر دقيقتين ثم حاول مرة أخرى.
    [few] محاولات خاطئة كثيرة. انتظر { $minutes } دقائق ثم حاول مرة أخرى.
   *[other] محاولات خاطئة كثيرة. انتظر { $minutes } دقيقة ثم حاول مرة أخرى.
}
login-busy = عدد كبير من الأشخاص يسجلون الدخول الآن. حاول مرة أخرى بعد بضع ثوانٍ.
login-host = وصف التطبيق منشور على { $host }.
login-reason-asked = يطلب منك { $client } تسجيل الدخول مجددًا للتأكد من أنك أنت.
login-reason-select_account = اختر الحساب الذي تريد استخدامه مع { $client }.
login-reason-too_old = مضى وقت على تسجيل دخولك. يتطلب { $client } تسجيل الدخول مجددًا.
login-reason-somebody_else = يتوقع { $client } حسابًا آخر غير الذي سجلت الدخول به.
login-new = ليس لديك حساب؟
login-register = أنشئ حسابًا
login-registration_closed = لم يعد بالإمكان إنشاء حسابات جديدة هنا. سجّل الدخول بحساب لديك.

## إنشاء حساب

register-title = إنشاء حساب
register-submit = إنشاء الحساب
register-have = لدي حساب
register-optional = (اختياري)
register-name = الاسم
register-email = البريد الإلكتروني
register-username-hint = من { $least } إلى { $most } من الأحرف اللاتينية (a إلى z) أو الأرقام أو النقاط أو الشرطات أو الشرطات السفلية، ويبدأ بحرف.
register-username-form = لا يمكن استخدام اسم المستخدم هذا. يتكون من { $least } إلى { $most } من الأحرف اللاتينية (a إلى z) أو الأرقام أو النقاط أو الشرطات أو الشرطات السفلية، ويبدأ بحرف وينتهي بحرف أو رقم.
register-username-taken = اسم المستخدم هذا محجوز. اختر اسمًا آخر.
register-name-form = هذا الاسم طويل جدًا أو يحتوي على محارف غير مرئية.
register-email-form = هذا ليس عنوان بريد إلكتروني. يجب أن يكون على شكل name@example.com.
register-password-hint = الحد الأدنى لعدد المحارف: { $least }. بضع كلمات لا صلة بينها تكون كلمة مرور قوية وسهلة التذكر.
register-password-short = كلمة المرور هذه قصيرة جدًا.
register-password-long = كلمة المرور هذه طويلة جدًا.
register-password-personal = تحتوي كلمة المرور هذه على شيء عنك أو عن هذه الخدمة. من يعرف ذلك سيجربها أولًا.
register-password-common = يستخدم كثيرون كلمة المرور هذه أو ما يشبهها، وستُجرَّب أولًا.
register-password-pattern = صفوف المفاتيح والتكرار والتسلسلات والتواريخ تُجرَّب أولًا. اختر شيئًا أقل انتظامًا.
register-password-easy = من السهل تخمين كلمة المرور هذه. أضف كلمة أو كلمتين.
register-check = لم يُنشأ الحساب بعد. راجع ما هو مميَّز أدناه وأدخل كلمة المرور مرة أخرى.
register-wait = { $minutes ->
    [one] طُلب عدد كبير من الحسابات من شبكتك. انتظر دقيقة ثم حاول مرة أخرى.
    [two] طُلب عدد كبير من الحسابات من شبكتك. انتظر دقيقتين ثم حاول مرة أخرى.
    [few] طُلب عدد كبير من الحسابات من شبكتك. انتظر { $minutes } دقائق ثم حاول مرة أخرى.
   *[other] طُلب عدد كبير من الحسابات من شبكتك. انتظر { $minutes } دقيقة ثم حاول مرة أخرى.
}
register-busy = يُنشأ عدد كبير من الحسابات الآن. أدخل كلمة المرور مرة أخرى وأعد المحاولة بعد بضع ثوانٍ.

## التطبيق

client-about = حول { $client }
client-site = الموقع الإلكتروني
client-policy = سياسة الخصوصية
client-terms = شروط الاستخدام

## الموافقة

consent-title = هل تسمح لتطبيق { $client } بالوصول إلى حسابك؟
consent-lead = أنت مسجل الدخول باسم { $user }.
consent-host = لم يتحقق أحد هنا من هذا التطبيق. وصفه منشور على { $host }: لا تتابع إلا إذا كنت تعرف هذا العنوان.
consent-returns-to = بعد ذلك ستنتقل إلى { $host }.
consent-account = حسابك
consent-new = جديد
consent-before = مسموح من قبل
consent-nothing = لا يطلب التطبيق سوى معرفة أنك سجلت الدخول.
consent-until-taken-back = يسري إذنك إلى أن تسحبه.
consent-until-once = يسري إذنك لهذه المرة فقط.
consent-until-day = يسري إذنك حتى { $day } { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
} { $year }، ما لم تسحبه قبل ذلك.
consent-revoke-at = أين يمكنك سحبه
consent-accept = سماح
consent-deny = رفض
scope-openid = معرفة من أنت
scope-openid-what = معرّف لحسابك يتعرف به التطبيق عليك.
scope-profile = الاطلاع على ملفك الشخصي
scope-profile-what = اسمك وصورتك وغيرهما من البيانات التي أدخلتها.
scope-email = الاطلاع على بريدك الإلكتروني
scope-email-what = وهل جرى تأكيده.
scope-address = الاطلاع على عنوانك البريدي
scope-address-what = كما أدخلته.
scope-phone = الاطلاع على رقم هاتفك
scope-phone-what = وهل جرى تأكيده.
scope-offline_access = الاحتفاظ بالوصول أثناء غيابك
scope-offline_access-what = يمكن للتطبيق أن يواصل استخدام ما تسمح به حتى عندما لا تستخدمه.
claim-name = اسمك
claim-family_name = اسم عائلتك
claim-given_name = اسمك الأول
claim-middle_name = اسمك الأوسط
claim-nickname = لقبك
claim-preferred_username = اسم المستخدم
claim-profile = صفحة ملفك الشخصي
claim-picture = صورتك
claim-website = موقعك على الويب
claim-gender = جنسك
claim-birthdate = تاريخ ميلادك
claim-zoneinfo = منطقتك الزمنية
claim-locale = لغتك
claim-updated_at = متى تغيرت بياناتك آخر مرة
claim-email = بريدك الإلكتروني
claim-email_verified = هل جرى تأكيد بريدك الإلكتروني
claim-address = عنوانك البريدي
claim-phone_number = رقم هاتفك
claim-phone_number_verified = هل جرى تأكيد رقم هاتفك
detail-actions = الإجراءات المسموح بها
detail-datatypes = أنواع البيانات
detail-privileges = الصلاحيات
detail-locations = أين
detail-identifier = أي منها
detail-yes = نعم
detail-no = لا
detail-nothing = لا شيء

## تسجيل الخروج

logout-title = هل تريد تسجيل الخروج؟
logout-lead = أنت مسجل الدخول باسم { $user }.
logout-asked-by = يطلب { $client } تسجيل خروجك.
logout-what = ينهي تسجيل الخروج جلستك هنا. قد تبقيك التطبيقات المفتوحة مسجل الدخول لبعض الوقت.
logout-stay = البقاء مسجل الدخول
logout-submit = تسجيل الخروج

form-post-title = أوشكت على الانتهاء
form-post-what = أنت في طريق العودة إلى { $client }. إذا لم يحدث شيء، فاضغط على الزر.
form-post-submit = متابعة

logged-out-title = تم تسجيل خروجك
logged-out-what = يمكنك الآن إغلاق هذه الصفحة.
logged-out-back = العودة إلى { $client }
logged-out-again = تسجيل الدخول إلى { $client } مرة أخرى
logging-out-what = ستعود إلى { $client } بعد لحظات.
stayed-title = ما زلت مسجل الدخول
stayed-what = لم يتغير شيء. يمكنك الآن إغلاق هذه الصفحة.

## الأجهزة

device-title = ربط جهاز
device-lead = أدخل الرمز الذي يعرضه الجهاز.
device-code = الرمز
device-submit = متابعة
device-wrong = لا يوجد جهاز ينتظر بهذا الرمز. تحقق منه أو اطلب من الجهاز رمزًا جديدًا.
device-wait = { $minutes ->
    [one] محاولات خاطئة كثيرة. انتظر دقيقة ثم حاول مرة أخرى.
    [two] محاولات خاطئة كثيرة. انتظر دقيقتين ثم حاول مرة أخرى.
    [few] محاولات خاطئة كثيرة. انتظر { $minutes } دقائق ثم حاول مرة أخرى.
   *[other] محاولات خاطئة كثيرة. انتظر { $minutes } دقيقة ثم حاول مرة أخرى.
}
device-compare = قارن الرمز: يجب أن يعرض جهازك { $code }.
device-from = جاء الطلب من عنوان الشبكة { $address }.
device-warning = اسمح بذلك فقط إذا بدأته بنفسك على جهاز أمامك. إذا أرسل إليك أحد الرمز أو رابطًا فارفض.
device-qr = هل تفضّل المتابعة على هاتفك؟ امسح هذا الرمز.
device-qr-picture = رمز QR لعنوان هذه الصفحة
device-allowed-title = تم ربط الجهاز
device-allowed-what = سيتابع الجهاز وحده خلال ثوانٍ. يمكنك إغلاق هذه الصفحة الآن.
device-denied-title = رُفض الجهاز
device-denied-what = لن يحصل على أي وصول. يمكنك إغلاق هذه الصفحة الآن.

## طلبات من مكان آخر

backchannel-title = طلبات تنتظر ردّك
backchannel-none = لا ينتظر أي تطبيق ردّك. يمكنك إغلاق هذه الصفحة الآن.
backchannel-allowed = لقد سمحت بذلك. سيتابع التطبيق وحده خلال ثوانٍ.
backchannel-refused = لقد رفضت ذلك. لن يحصل التطبيق على أي وصول.
backchannel-message = قارن الرسالة: يجب أن يعرض التطبيق { $message }.
backchannel-warning = اسمح بذلك فقط إذا بدأته بنفسك، أو كنت تعرف من يطلب ولماذا.

## الأخطاء

error-todo = ما يمكنك فعله
error-reference = الرقم المرجعي
error-reference-what = يستطيع القائمون على هذه الخدمة معرفة المزيد بهذا الرقم المرجعي.
error-developer = لمطوّر التطبيق

error-unknown-client-title = هذا التطبيق غير معروف هنا
error-unknown-client-what = أرسلك إلى هنا تطبيق غير مسجل لدينا. على الأرجح أن التطبيق غير مُعد بشكل صحيح. ليس هذا خطأك.
error-unknown-client-todo = عُد إلى التطبيق وحاول مرة أخرى. إن لم ينفع ذلك فأخبر القائمين على التطبيق وأعطهم الرقم المرجعي أدناه.
error-redirect-uri-title = لم نرسلك إلى الوجهة التالية
error-redirect-uri-what = أراد التطبيق أن نرسلك إلى عنوان لم يسجله. إما أن التطبيق غير مُعد بشكل صحيح، أو أن أحدًا يحاول خداعك.
error-redirect-uri-todo = أغلق هذه الصفحة. إن وصلت إلى هنا عبر رابط في رسالة فلا تستخدمه مرة أخرى. إن كنت تثق بالتطبيق فأخبر القائمين عليه وأعطهم الرقم المرجعي أدناه.
error-bad-request-title = لا نستطيع فهم هذا الطلب
error-bad-request-what = أرسل إلينا التطبيق طلبًا فيه خطأ. ليس هذا خطأك.
error-bad-request-todo = عُد إلى التطبيق وحاول مرة أخرى. إن لم ينفع ذلك فأخبر القائمين على التطبيق وأعطهم الرقم المرجعي أدناه.
error-expired-title = لم تعد هذه الصفحة صالحة
error-expired-what = بقيت مفتوحة مدة طويلة، أو أُجيب عنها من قبل، أو فُتحت في متصفح آخر. لم يخطئ أحد.
error-expired-todo = عُد إلى التطبيق وابدأ من جديد.
error-restart = ابدأ من جديد في { $client }
error-cookies-title = لم يحتفظ متصفحك بملف تعريف الارتباط
error-cookies-what = يحتاج تسجيل الدخول إلى ملف تعريف ارتباط ولم يعد إلينا. ربما يحظر متصفحك هذه الملفات، أو فُتحت هذه الصفحة في متصفح غير الذي بدأت فيه.
error-cookies-todo = اسمح بملفات تعريف الارتباط لهذا الموقع، ثم عُد إلى التطبيق وابدأ من جديد.
error-forbidden-title = لا يُسمح لك بهذا
error-forbidden-what = ليس لحسابك الإذن الذي يتطلبه هذا.
error-forbidden-todo = اطلب الإذن من القائمين على هذه الخدمة، أو سجل الدخول بحساب آخر.
error-not-found-title = لا يوجد شيء هنا
error-not-found-what = ربما كُتب العنوان خطأ، أو نُقل ما كان هنا.
error-not-found-todo = تحقق من العنوان. إن وصلت إلى هنا عبر رابط في تطبيق فأخبر القائمين عليه.
error-too-many-title = طلبات كثيرة جدًا
error-too-many-what = جاءت من شبكتك طلبات كثيرة جدًا في وقت قصير، لذلك نقبل عددًا أقل منها لبعض الوقت.
error-too-many-todo = انتظر دقيقة ثم حاول مرة أخرى.
error-internal-title = حدث خطأ لدينا
error-internal-what = الخطأ منا لا منك، وقد سُجّل.
error-internal-todo = حاول مرة أخرى بعد لحظة. إن تكرر ذلك فأخبر القائمين على هذه الخدمة وأعطهم الرقم المرجعي أدناه.
error-unavailable-title = لا نستطيع الرد في الوقت الحالي
error-unavailable-what = جزء من الخدمة غير متاح. الخطأ منا لا منك، وعادة ما يزول قريبًا.
error-unavailable-todo = انتظر لحظة ثم أعد تحميل هذه الصفحة.
