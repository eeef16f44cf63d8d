# Teksty stron, które ludzie widzą w drodze do aplikacji.

## Logowanie

login-title = Zaloguj się
login-lead = aby przejść do { $client }
login-username = Nazwa użytkownika
login-password = Hasło
login-submit = Zaloguj się
login-or = lub
login-idp = Kontynuuj przez { $idp }
login-continue = Kontynuuj jako { $user }
login-another = albo użyj innego konta
login-cancel = Anuluj i wróć
login-wrong = Nazwa użytkownika lub hasło są nieprawidłowe. Sprawdź oba i spróbuj ponownie.
login-wait = { $minutes ->
    [one] Zbyt wiele nieudanych prób. Odczekaj minutę i spróbuj ponownie.
    [few] Zbyt wiele nieudanych prób. Odczekaj { $minutes } minuty i spróbuj ponownie.
   *[other] Zbyt wiele nieudanych prób. Odczekaj { $minutes } minut i spróbuj ponownie.
}
login-busy = W tej chwili loguje się zbyt wiele osób. Spróbuj ponownie za kilka sekund.
login-host = Opis aplikacji znajduje się pod adresem { $host }.
login-reason-asked = { $client } prosi o ponowne zalogowanie, aby upewnić się, że to Ty.
login-reason-select_account = Wybierz konto, którego chcesz używać z aplikacją { $client }.
login-reason-too_old = Od Twojego logowania minęło trochę czasu. { $client } wymaga ponownego zalogowania.
login-reason-somebody_else = { $client } oczekuje innego konta niż to, na które jesteś zalogowany.
login-new = Nie masz konta?
login-register = Załóż konto
login-registration_closed = Nie można już zakładać tu nowych kont. Zaloguj się na konto, które masz.

## Rejestracja

register-title = Załóż konto
register-submit = Załóż konto
register-have = Mam konto
register-optional = (opcjonalnie)
register-name = Imię i nazwisko
register-email = Adres e-mail
register-username-hint = Od { $least } do { $most } liter od a do z, cyfr, kropek, łączników lub podkreśleń, z literą na początku.
register-username-form = Ta nazwa użytkownika jest niedozwolona. Składa się z { $least } do { $most } liter od a do z, cyfr, kropek, łączników lub podkreśleń, zaczyna się literą, a kończy literą lub cyfrą.
register-username-taken = Ktoś ma już tę nazwę użytkownika. Wybierz inną.
register-name-form = To imię i nazwisko jest za długie albo zawiera niewidoczne znaki.
register-email-form = To nie jest adres e-mail. Powinien wyglądać jak nazwa@example.com.
register-password-hint = Minimalna liczba znaków: { $least }. Kilka słów, które nie mają ze sobą nic wspólnego, to hasło mocne i łatwe do zapamiętania.
register-password-short = To hasło jest za krótkie.
register-password-long = To hasło jest za długie.
register-password-personal = To hasło zawiera coś o Tobie lub o tej usłudze. Kto to wie, spróbuje go najpierw.
register-password-common = Wiele osób używa tego lub podobnego hasła. Ktoś spróbuje go najpierw.
register-password-pattern = Ciągi klawiszy, powtórzenia, sekwencje i daty są sprawdzane jako pierwsze. Wybierz coś mniej regularnego.
register-password-easy = To hasło łatwo odgadnąć. Dodaj jeszcze jedno lub dwa słowa.
register-check = Konto nie zostało jeszcze założone. Sprawdź zaznaczone pola i wpisz hasło ponownie.
register-wait = { $minutes ->
    [one] Z Twojej sieci próbowano założyć zbyt wiele kont. Odczekaj minutę i spróbuj ponownie.
    [few] Z Twojej sieci próbowano założyć zbyt wiele kont. Odczekaj { $minutes } minuty i spróbuj ponownie.
   *[other] Z Twojej sieci próbowano założyć zbyt wiele kont. Odczekaj { $minutes } minut i spróbuj ponownie.
}
register-busy = W tej chwili zakładanych jest zbyt wiele kont. Wpisz hasło ponownie i spróbuj jeszcze raz za kilka sekund.

## Aplikacja

client-about = O aplikacji { $client }
client-site = Strona internetowa
client-policy = Polityka prywatności
client-terms = Warunki korzystania

## Zgoda

consent-title = Zezwolić aplikacji { $client } na dostęp do Twojego konta?
consent-lead = Zalogowano jako { $user }.
consent-host = Nikt tutaj nie sprawdził tej aplikacji. Jej opis znajduje się pod adresem { $host }: kontynuuj tylko, jeśli znasz ten adres.
consent-returns-to = Następnie nastąpi przejście do { $host }.
consent-account = Twoje konto
consent-new = Nowe
consent-before = Już dozwolone
consent-nothing = Aplikacja chce tylko wiedzieć, że jesteś zalogowany.
consent-until-taken-back = Twoja zgoda obowiązuje, dopóki jej nie cofniesz.
consent-until-once = Twoja zgoda obowiązuje tylko tym razem.
consent-until-day = Twoja zgoda obowiązuje do { $day } { $month ->
    [1] stycznia
    [2] lutego
    [3] marca
    [4] kwietnia
    [5] maja
    [6] czerwca
    [7] lipca
    [8] sierpnia
    [9] września
    [10] października
    [11] listopada
   *[12] grudnia
} { $year }, o ile nie cofniesz jej wcześniej.
consent-revoke-at = Gdzie można ją cofnąć
consent-accept = Zezwól
consent-deny = Odmów
scope-openid = Wiedzieć, kim jesteś
scope-openid-what = Identyfikator Twojego konta, po którym aplikacja Cię rozpozna.
scope-profile = Widzieć Twój profil
scope-profile-what = Twoje imię i nazwisko, zdjęcie i inne podane przez Ciebie dane.
scope-email = Widzieć Twój adres e-mail
scope-email-what = Oraz czy został potwierdzony.
scope-address = Widzieć Twój adres pocztowy
scope-address-what = W takiej postaci, w jakiej został podany.
scope-phone = Widzieć Twój numer telefonu
scope-phone-what = Oraz czy został potwierdzony.
scope-offline_access = Zachować dostęp pod Twoją nieobecność
scope-offline_access-what = Aplikacja może nadal korzystać z tego, na co zezwalasz, także gdy jej nie używasz.
claim-name = imię i nazwisko
claim-family_name = nazwisko
claim-given_name = imię
claim-middle_name = drugie imię
claim-nickname = pseudonim
claim-preferred_username = nazwa użytkownika
claim-profile = strona profilu
claim-picture = zdjęcie
claim-website = strona internetowa
claim-gender = płeć
claim-birthdate = data urodzenia
claim-zoneinfo = strefa czasowa
claim-locale = język
claim-updated_at = kiedy ostatnio zmieniły się Twoje dane
claim-email = adres e-mail
claim-email_verified = czy adres e-mail został potwierdzony
claim-address = adres pocztowy
claim-phone_number = numer telefonu
claim-phone_number_verified = czy numer telefonu został potwierdzony
detail-actions = Dozwolone działania
detail-datatypes = Rodzaje danych
detail-privileges = Uprawnienia
detail-locations = Gdzie
detail-identifier = Którego dotyczy
detail-yes = tak
detail-no = nie
detail-nothing = nic

## Wylogowanie

logout-title = Wylogować się?
logout-lead = Zalogowano jako { $user }.
logout-asked-by = { $client } prosi o wylogowanie.
logout-what = Wylogowanie kończy Twoją sesję tutaj. Otwarte aplikacje mogą jeszcze przez jakiś czas pozostać zalogowane.
logout-stay = Pozostań zalogowany
logout-submit = Wyloguj się

form-post-title = Już prawie gotowe
form-post-what = Wracasz do { $client }. Jeśli nic się nie dzieje, naciśnij przycisk.
form-post-submit = Dalej

logged-out-title = Wylogowano
logged-out-what = Możesz teraz zamknąć tę stronę.
logged-out-back = Wróć do { $client }
logged-out-again = Zaloguj się ponownie do { $client }
logging-out-what = Za chwilę wrócisz do { $client }.
stayed-title = Nadal jesteś zalogowany
stayed-what = Nic się nie zmieniło. Możesz teraz zamknąć tę stronę.

## Urządzenia

device-title = Połącz urządzenie
device-lead = Wpisz kod, który pokazuje urządzenie.
device-code = Kod
device-submit = Dalej
device-wrong = Żadne urządzenie nie czeka z tym kodem. Sprawdź go albo poproś urządzenie o nowy.
device-wait = { $minutes ->
    [one] Zbyt wiele błędnych kodów. Odczekaj minutę i spróbuj ponownie.
    [few] Zbyt wiele błędnych kodów. Odczekaj { $minutes } minuty i spróbuj ponownie.
   *[many] Zbyt wiele błędnych kodów. Odczekaj { $minutes } minut i spróbuj ponownie.
}
device-compare = Porównaj kod: urządzenie musi pokazywać { $code }.
device-from = Prośba przyszła z adresu sieciowego { $address }.
device-warning = Zezwól tylko wtedy, gdy to Ty rozpoczynasz, na urządzeniu, które masz przed sobą. Jeśli ktoś przysłał Ci kod lub odnośnik, odmów.
device-qr = Wolisz kontynuować na telefonie? Zeskanuj ten kod.
device-qr-picture = Kod QR adresu tej strony
device-allowed-title = Urządzenie jest połączone
device-allowed-what = Za kilka sekund samo przejdzie dalej. Możesz zamknąć tę stronę.
device-denied-title = Urządzeniu odmówiono
device-denied-what = Nie dostanie dostępu. Możesz zamknąć tę stronę.

## Prośby z innych urządzeń

backchannel-title = Prośby, które czekają na Ciebie
backchannel-none = Żadna aplikacja nie czeka na Twoją odpowiedź. Możesz zamknąć tę stronę.
backchannel-allowed = Zezwolono. Za kilka sekund aplikacja sama przejdzie dalej.
backchannel-refused = Odmówiono. Aplikacja nie dostanie dostępu.
backchannel-message = Porównaj wiadomość: aplikacja musi pokazywać { $message }.
backchannel-warning = Zezwól tylko wtedy, gdy to Ty rozpoczynasz albo wiesz, kto prosi i po co.

## Błędy

error-todo = Co możesz zrobić
error-reference = Numer sprawy
error-reference-what = Osoby prowadzące tę usługę mogą na podstawie tego numeru dowiedzieć się więcej.
error-developer = Dla twórców aplikacji

error-unknown-client-title = Ta aplikacja nie jest tu znana
error-unknown-client-what = Skierowała Cię tu aplikacja, która nie jest u nas zarejestrowana. Najprawdopodobniej jest źle skonfigurowana. To nie Twoja wina.
error-unknown-client-todo = Wróć do aplikacji i spróbuj ponownie. Jeśli to nie pomoże, zwróć się do osób prowadzących aplikację i podaj im poniższy numer.
error-redirect-uri-title = Nie skierowaliśmy Cię dalej
error-redirect-uri-what = Aplikacja chciała, abyśmy skierowali Cię pod adres, którego nie zarejestrowała. Albo jest źle skonfigurowana, albo ktoś próbuje Cię oszukać.
error-redirect-uri-todo = Zamknij tę stronę. Jeśli prowadził tu odnośnik z wiadomości, nie używaj go ponownie. Jeśli ufasz aplikacji, zwróć się do osób, które ją prowadzą, i podaj im poniższy numer.
error-bad-request-title = Nie rozumiemy tego żądania
error-bad-request-what = Aplikacja przysłała nam żądanie z błędem. To nie Twoja wina.
error-bad-request-todo = Wróć do aplikacji i spróbuj ponownie. Jeśli to nie pomoże, zwróć się do osób prowadzących aplikację i podaj im poniższy numer.
error-expired-title = Ta strona nie jest już ważna
error-expired-what = Była otwarta zbyt długo, udzielono już na niej odpowiedzi albo otwarto ją w innej przeglądarce. Nikt nie zrobił nic złego.
error-expired-todo = Wróć do aplikacji i zacznij od nowa.
error-restart = Zacznij od nowa w { $client }
error-cookies-title = Twoja przeglądarka nie zachowała naszego pliku cookie
error-cookies-what = Logowanie wymaga pliku cookie, a ten nie wrócił. Przeglądarka może blokować pliki cookie albo strona została otwarta w innej przeglądarce niż ta, w której zaczęto.
error-cookies-todo = Zezwól na pliki cookie dla tej witryny, wróć do aplikacji i zacznij od nowa.
error-forbidden-title = Nie masz do tego prawa
error-forbidden-what = Twoje konto nie ma uprawnienia, którego to wymaga.
error-forbidden-todo = Poproś osoby prowadzące tę usługę o uprawnienie albo zaloguj się na inne konto.
error-not-found-title = Tu nic nie ma
error-not-found-what = W adresie może być literówka albo to, co tu było, zostało przeniesione.
error-not-found-todo = Sprawdź adres. Jeśli prowadził tu odnośnik z aplikacji, zwróć się do osób, które ją prowadzą.
error-too-many-title = Zbyt wiele żądań
error-too-many-what = Z Twojej sieci przyszło w krótkim czasie bardzo wiele żądań, dlatego przez chwilę przyjmujemy ich mniej.
error-too-many-todo = Odczekaj minutę i spróbuj ponownie.
error-internal-title = Coś poszło nie tak po naszej stronie
error-internal-what = To nasza wina, nie Twoja, i zostało to odnotowane.
error-internal-todo = Spróbuj ponownie za chwilę. Jeśli to się powtórzy, zwróć się do osób prowadzących tę usługę i podaj im poniższy numer.
error-unavailable-title = W tej chwili nie możemy odpowiedzieć
error-unavailable-what = Część usługi jest nieosiągalna. To nasza wina, nie Twoja, i zwykle szybko mija.
error-unavailable-todo = Odczekaj chwilę i załaduj tę stronę ponownie.
