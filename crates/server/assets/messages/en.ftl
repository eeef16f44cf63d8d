# Messages of the pages that people see on their way to an app. Every language has them all.

## Login

login-title = Sign in
login-lead = to continue to { $client }
login-username = Username
login-password = Password
login-submit = Sign in
login-or = or
login-idp = Continue with { $idp }
login-continue = Continue as { $user }
login-another = or use another account
login-cancel = Cancel and go back
login-wrong = The username or the password is wrong. Check both and try again.
login-wait = { $minutes ->
    [one] Too many wrong tries. Wait a minute, then try again.
   *[other] Too many wrong tries. Wait { $minutes } minutes, then try again.
}
login-busy = Too many people are signing in at the moment. Try again in a few seconds.
login-host = The app is described at { $host }.
login-reason-asked = { $client } asks you to sign in again, to make sure that it is you.
login-reason-select_account = Choose the account that you want to use with { $client }.
login-reason-too_old = You signed in a while ago. { $client } needs you to sign in again.
login-reason-somebody_else = { $client } expects another account than the one you are signed in with.
login-new = New here?
login-register = Create an account
login-registration_closed = New accounts can no longer be created here. Sign in with an account that you have.

## Registration

register-title = Create an account
register-submit = Create account
register-have = I have an account
register-optional = (optional)
register-name = Name
register-email = Email address
register-username-hint = { $least } to { $most } letters from a to z, digits, dots, hyphens or underscores, beginning with a letter.
register-username-form = You cannot have this username. It may have { $least } to { $most } letters from a to z, digits, dots, hyphens or underscores; it begins with a letter, and ends with a letter or a digit.
register-username-taken = Somebody has this username already. Choose another one.
register-name-form = This name is too long, or has characters that cannot be seen.
register-email-form = This is not an email address. It should look like name@example.com.
register-password-hint = At least { $least } characters. A few words that have nothing to do with one another are strong and easy to remember.
register-password-short = This password is too short.
register-password-long = This password is too long.
register-password-personal = This password contains something about you or this service. Whoever knows that will try it first.
register-password-common = Many people use this password or one like it. It will be tried first.
register-password-pattern = Rows of keys, repetitions, sequences and dates are tried first. Choose something less regular.
register-password-easy = This password is easy to guess. Add another word or two.
register-check = No account has been created yet. Check what is marked below and enter the password again.
register-wait = { $minutes ->
    [one] Too many accounts were requested from your network. Wait a minute, then try again.
   *[other] Too many accounts were requested from your network. Wait { $minutes } minutes, then try again.
}
register-busy = Too many accounts are being created at the moment. Enter the password again and try once more in a few seconds.

## Client

client-about = About { $client }
client-site = Website
client-policy = Privacy policy
client-terms = Terms of use

## Consent

consent-title = Allow { $client } to access your account?
consent-lead = You are signed in as { $user }.
consent-host = Nobody here has checked this app. It is described at { $host }: go on only if you know that address.
consent-returns-to = You will be taken to { $host } afterwards.
consent-account = Your account
consent-new = New
consent-before = Allowed before
consent-nothing = The app asks for nothing more than to know that you are signed in.
consent-until-taken-back = Your permission holds until you take it back.
consent-until-once = Your permission holds for this time only.
consent-until-day = Your permission holds until { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $day }, { $year }, unless you take it back before.
consent-revoke-at = Where to take it back
consent-accept = Allow
consent-deny = Refuse
scope-openid = Know who you are
scope-openid-what = An identifier of your account, so that the app recognises you.
scope-profile = See your profile
scope-profile-what = Your name, your picture and other details that you have entered.
scope-email = See your email address
scope-email-what = And whether it has been confirmed.
scope-address = See your postal address
scope-address-what = As you have entered it.
scope-phone = See your phone number
scope-phone-what = And whether it has been confirmed.
scope-offline_access = Keep access while you are away
scope-offline_access-what = The app can go on using what you allow, also when you are not using it.
claim-name = your name
claim-family_name = your family name
claim-given_name = your given name
claim-middle_name = your middle name
claim-nickname = your nickname
claim-preferred_username = your username
claim-profile = your profile page
claim-picture = your picture
claim-website = your website
claim-gender = your gender
claim-birthdate = your date of birth
claim-zoneinfo = your time zone
claim-locale = your language
claim-updated_at = when your details last changed
claim-email = your email address
claim-email_verified = whether your email address has been confirmed
claim-address = your postal address
claim-phone_number = your phone number
claim-phone_number_verified = whether your phone number has been confirmed
detail-actions = Allowed actions
detail-datatypes = Kinds of data
detail-privileges = Privileges
detail-locations = Where
detail-identifier = Which one
detail-yes = yes
detail-no = no
detail-nothing = nothing

## Logout

logout-title = Sign out?
logout-lead = You are signed in as { $user }.
logout-asked-by = { $client } asks to sign you out.
logout-what = Signing out ends your session here. Apps that you have open may keep you signed in for a while.
logout-stay = Stay signed in
logout-submit = Sign out

form-post-title = Almost there
form-post-what = You are on your way back to { $client }. If nothing happens, press the button.
form-post-submit = Continue

logged-out-title = You are signed out
logged-out-what = You can close this page now.
logged-out-back = Back to { $client }
logged-out-again = Sign in to { $client } again
logging-out-what = You go back to { $client } in a moment.
stayed-title = You are still signed in
stayed-what = Nothing has changed. You can close this page now.

## Devices

device-title = Connect a device
device-lead = Enter the code that the device shows.
device-code = Code
device-submit = Continue
device-wrong = No device is waiting with this code. Check it, or let the device show a new one.
device-wait = { $minutes ->
    [one] Too many wrong codes. Wait a minute, then try again.
   *[other] Too many wrong codes. Wait { $minutes } minutes, then try again.
}
device-compare = Compare the code: your device must show { $code }.
device-from = The request came from the network address { $address }.
device-warning = Allow this only if you started it yourself, on a device that you have in front of you. If somebody sent you the code or a link, refuse.
device-qr = Would you rather go on with your phone? Scan this code.
device-qr-picture = QR code of the address of this page
device-allowed-title = The device is connected
device-allowed-what = It goes on by itself in a few seconds. You can close this page now.
device-denied-title = The device was refused
device-denied-what = It gets no access. You can close this page now.

## Requests from elsewhere

backchannel-title = Requests that wait for you
backchannel-none = No app is waiting for your answer. You can close this page now.
backchannel-allowed = You have allowed it. The app goes on by itself in a few seconds.
backchannel-refused = You have refused it. The app gets no access.
backchannel-message = Compare the message: the app must show { $message }.
backchannel-warning = Allow this only if you have started it yourself, or if you know who asks and why.

## Errors

error-todo = What you can do
error-reference = Reference
error-reference-what = The people who run this service can find out more with this reference.
error-developer = For the developer of the app

error-unknown-client-title = This app is not known here
error-unknown-client-what = An app sent you here, but it is not registered with us. Most likely the app is set up wrongly. It is not your fault.
error-unknown-client-todo = Go back to the app and try again. If that does not help, tell the people who run the app and give them the reference below.
error-redirect-uri-title = We did not send you on
error-redirect-uri-what = The app wanted us to send you to an address that it has not registered. Either the app is set up wrongly, or somebody is trying to deceive you.
error-redirect-uri-todo = Close this page. If you came here by a link in a message, do not use that link again. If you trust the app, tell the people who run it and give them the reference below.
error-bad-request-title = We cannot make sense of this request
error-bad-request-what = The app sent us a request with a mistake in it. It is not your fault.
error-bad-request-todo = Go back to the app and try again. If that does not help, tell the people who run the app and give them the reference below.
error-expired-title = This page is no longer valid
error-expired-what = It has been open for too long, has been answered already, or was opened in another browser. Nobody did anything wrong.
error-expired-todo = Go back to the app and start again.
error-restart = Start again at { $client }
error-cookies-title = Your browser did not keep our cookie
error-cookies-what = Signing in needs a cookie, and it did not come back. Your browser may block cookies, or this page was opened in another browser than the one you started in.
error-cookies-todo = Allow cookies for this site, then go back to the app and start again.
error-forbidden-title = You may not do this
error-forbidden-what = Your account does not have the permission that this needs.
error-forbidden-todo = Ask the people who run this service for the permission, or sign in with another account.
error-not-found-title = There is nothing here
error-not-found-what = The address may be mistyped, or what was here has moved.
error-not-found-todo = Check the address. If you came here by a link in an app, tell the people who run it.
error-too-many-title = Too many requests
error-too-many-what = Very many requests came from your network in a short time, so we are taking fewer for a while.
error-too-many-todo = Wait a minute, then try again.
error-internal-title = Something went wrong on our side
error-internal-what = It is our fault, not yours, and it has been noted.
error-internal-todo = Try again in a moment. If it happens again, tell the people who run this service and give them the reference below.
error-unavailable-title = We cannot answer at the moment
error-unavailable-what = A part of the service is not reachable. It is our fault, not yours, and usually over soon.
error-unavailable-todo = Wait a moment, then load this page again.
