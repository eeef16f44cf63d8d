# Die Texte der Seiten, die Menschen auf dem Weg zu einer App sehen.

## Anmeldung

login-title = Anmelden
login-lead = weiter zu { $client }
login-username = Benutzername
login-password = Passwort
login-submit = Anmelden
login-or = oder
login-idp = Weiter mit { $idp }
login-continue = Weiter als { $user }
login-another = oder ein anderes Konto verwenden
login-cancel = Abbrechen und zurück
login-wrong = Benutzername oder Passwort ist falsch. Prüfen Sie beides und versuchen Sie es noch einmal.
login-wait = { $minutes ->
    [one] Zu viele Fehlversuche. Warten Sie eine Minute und versuchen Sie es dann noch einmal.
   *[other] Zu viele Fehlversuche. Warten Sie { $minutes } Minuten und versuchen Sie es dann noch einmal.
}
login-busy = Gerade melden sich zu viele Menschen an. Versuchen Sie es in einigen Sekunden noch einmal.
login-host = Die App wird unter { $host } beschrieben.
login-reason-asked = { $client } bittet Sie, sich erneut anzumelden, um sicher zu sein, dass Sie es sind.
login-reason-select_account = Wählen Sie das Konto, das Sie mit { $client } verwenden möchten.
login-reason-too_old = Ihre Anmeldung liegt eine Weile zurück. Für { $client } müssen Sie sich erneut anmelden.
login-reason-somebody_else = { $client } erwartet ein anderes Konto als das, mit dem Sie angemeldet sind.
login-new = Neu hier?
login-register = Konto erstellen
login-registration_closed = Neue Konten können hier nicht mehr erstellt werden. Melden Sie sich mit einem Konto an, das Sie haben.

## Registrierung

register-title = Konto erstellen
register-submit = Konto erstellen
register-have = Ich habe ein Konto
register-optional = (freiwillig)
register-name = Name
register-email = E-Mail-Adresse
register-username-hint = { $least } bis { $most } Buchstaben von a bis z, Ziffern, Punkte, Binde- oder Unterstriche, mit einem Buchstaben am Anfang.
register-username-form = Diesen Benutzernamen können Sie nicht haben. Er besteht aus { $least } bis { $most } Buchstaben von a bis z, Ziffern, Punkten, Binde- oder Unterstrichen, beginnt mit einem Buchstaben und endet mit einem Buchstaben oder einer Ziffer.
register-username-taken = Diesen Benutzernamen hat schon jemand. Wählen Sie einen anderen.
register-name-form = Dieser Name ist zu lang oder enthält unsichtbare Zeichen.
register-email-form = Das ist keine E-Mail-Adresse. Sie sollte aussehen wie name@example.com.
register-password-hint = Mindestens { $least } Zeichen. Einige Wörter, die nichts miteinander zu tun haben, sind stark und leicht zu merken.
register-password-short = Dieses Passwort ist zu kurz.
register-password-long = Dieses Passwort ist zu lang.
register-password-personal = Dieses Passwort enthält etwas über Sie oder diesen Dienst. Wer das weiß, probiert es zuerst.
register-password-common = Viele Menschen verwenden dieses Passwort oder ein ähnliches. Es wird zuerst probiert.
register-password-pattern = Tastenreihen, Wiederholungen, Folgen und Daten werden zuerst probiert. Wählen Sie etwas weniger Regelmäßiges.
register-password-easy = Dieses Passwort ist leicht zu erraten. Fügen Sie noch ein oder zwei Wörter hinzu.
register-check = Es wurde noch kein Konto erstellt. Prüfen Sie, was unten markiert ist, und geben Sie das Passwort noch einmal ein.
register-wait = { $minutes ->
    [one] Aus Ihrem Netz wurden zu viele Konten angefragt. Warten Sie eine Minute und versuchen Sie es dann noch einmal.
   *[other] Aus Ihrem Netz wurden zu viele Konten angefragt. Warten Sie { $minutes } Minuten und versuchen Sie es dann noch einmal.
}
register-busy = Gerade werden zu viele Konten erstellt. Geben Sie das Passwort noch einmal ein und versuchen Sie es in einigen Sekunden erneut.

## App

client-about = Über { $client }
client-site = Website
client-policy = Datenschutz
client-terms = Nutzungsbedingungen

## Einwilligung

consent-title = { $client } den Zugriff auf Ihr Konto erlauben?
consent-lead = Sie sind angemeldet als { $user }.
consent-host = Niemand hat diese App hier geprüft. Sie wird unter { $host } beschrieben: Fahren Sie nur fort, wenn Sie diese Adresse kennen.
consent-returns-to = Danach werden Sie zu { $host } weitergeleitet.
consent-account = Ihr Konto
consent-new = Neu
consent-before = Schon erlaubt
consent-nothing = Die App möchte nur wissen, dass Sie angemeldet sind.
consent-until-taken-back = Ihre Erlaubnis gilt, bis Sie sie zurücknehmen.
consent-until-once = Ihre Erlaubnis gilt nur für dieses Mal.
consent-until-day = Ihre Erlaubnis gilt bis zum { $day }. { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
} { $year }, sofern Sie sie nicht vorher zurücknehmen.
consent-revoke-at = Wo Sie sie zurücknehmen können
consent-accept = Erlauben
consent-deny = Ablehnen
scope-openid = Wissen, wer Sie sind
scope-openid-what = Eine Kennung Ihres Kontos, an der die App Sie wiedererkennt.
scope-profile = Ihr Profil sehen
scope-profile-what = Ihren Namen, Ihr Bild und andere Angaben, die Sie gemacht haben.
scope-email = Ihre E-Mail-Adresse sehen
scope-email-what = Und ob sie bestätigt ist.
scope-address = Ihre Postanschrift sehen
scope-address-what = So, wie Sie sie eingegeben haben.
scope-phone = Ihre Telefonnummer sehen
scope-phone-what = Und ob sie bestätigt ist.
scope-offline_access = Zugriff behalten, während Sie weg sind
scope-offline_access-what = Die App kann weiter nutzen, was Sie erlauben, auch wenn Sie sie gerade nicht verwenden.
claim-name = Ihr Name
claim-family_name = Ihr Nachname
claim-given_name = Ihr Vorname
claim-middle_name = Ihr zweiter Vorname
claim-nickname = Ihr Spitzname
claim-preferred_username = Ihr Benutzername
claim-profile = Ihre Profilseite
claim-picture = Ihr Bild
claim-website = Ihre Website
claim-gender = Ihr Geschlecht
claim-birthdate = Ihr Geburtsdatum
claim-zoneinfo = Ihre Zeitzone
claim-locale = Ihre Sprache
claim-updated_at = wann sich Ihre Angaben zuletzt geändert haben
claim-email = Ihre E-Mail-Adresse
claim-email_verified = ob Ihre E-Mail-Adresse bestätigt ist
claim-address = Ihre Postanschrift
claim-phone_number = Ihre Telefonnummer
claim-phone_number_verified = ob Ihre Telefonnummer bestätigt ist
detail-actions = Erlaubte Aktionen
detail-datatypes = Arten von Daten
detail-privileges = Rechte
detail-locations = Wo
detail-identifier = Welches
detail-yes = ja
detail-no = nein
detail-nothing = nichts

## Abmeldung

logout-title = Abmelden?
logout-lead = Sie sind angemeldet als { $user }.
logout-asked-by = { $client } möchte Sie abmelden.
logout-what = Die Abmeldung beendet Ihre Sitzung hier. Apps, die Sie geöffnet haben, können Sie noch eine Weile angemeldet lassen.
logout-stay = Angemeldet bleiben
logout-submit = Abmelden

form-post-title = Gleich geschafft
form-post-what = Sie kehren zu { $client } zurück. Wenn nichts geschieht, drücken Sie den Knopf.
form-post-submit = Weiter

logged-out-title = Sie sind abgemeldet
logged-out-what = Sie können diese Seite jetzt schließen.
logged-out-back = Zurück zu { $client }
logged-out-again = Erneut bei { $client } anmelden
logging-out-what = Gleich geht es zurück zu { $client }.
stayed-title = Sie sind weiterhin angemeldet
stayed-what = Es hat sich nichts geändert. Sie können diese Seite jetzt schließen.

## Geräte

device-title = Gerät verbinden
device-lead = Geben Sie den Code ein, den das Gerät anzeigt.
device-code = Code
device-submit = Weiter
device-wrong = Kein Gerät wartet mit diesem Code. Prüfen Sie ihn, oder lassen Sie das Gerät einen neuen anzeigen.
device-wait = { $minutes ->
    [one] Zu viele falsche Codes. Warten Sie eine Minute und versuchen Sie es dann noch einmal.
   *[other] Zu viele falsche Codes. Warten Sie { $minutes } Minuten und versuchen Sie es dann noch einmal.
}
device-compare = Vergleichen Sie den Code: Ihr Gerät muss { $code } anzeigen.
device-from = Die Anfrage kam von der Netzwerkadresse { $address }.
device-warning = Erlauben Sie dies nur, wenn Sie es selbst begonnen haben, auf einem Gerät, das vor Ihnen steht. Hat Ihnen jemand den Code oder einen Link geschickt, lehnen Sie ab.
device-qr = Lieber mit dem Telefon weiter? Scannen Sie diesen Code.
device-qr-picture = QR-Code der Adresse dieser Seite
device-allowed-title = Das Gerät ist verbunden
device-allowed-what = Es macht in wenigen Sekunden von selbst weiter. Sie können diese Seite jetzt schließen.
device-denied-title = Das Gerät wurde abgelehnt
device-denied-what = Es bekommt keinen Zugriff. Sie können diese Seite jetzt schließen.

## Anfragen von anderswo

backchannel-title = Anfragen, die auf Sie warten
backchannel-none = Keine App wartet auf Ihre Antwort. Sie können diese Seite jetzt schließen.
backchannel-allowed = Sie haben es erlaubt. Die App macht in wenigen Sekunden von selbst weiter.
backchannel-refused = Sie haben es abgelehnt. Die App bekommt keinen Zugriff.
backchannel-message = Vergleichen Sie die Nachricht: Die App muss { $message } anzeigen.
backchannel-warning = Erlauben Sie dies nur, wenn Sie es selbst begonnen haben oder wissen, wer fragt und warum.

## Fehler

error-todo = Was Sie tun können
error-reference = Kennung
error-reference-what = Wer diesen Dienst betreibt, kann mit dieser Kennung mehr herausfinden.
error-developer = Für die Entwickler der App

error-unknown-client-title = Diese App ist hier nicht bekannt
error-unknown-client-what = Eine App hat Sie hierher geschickt, ist bei uns aber nicht registriert. Wahrscheinlich ist sie falsch eingerichtet. Es liegt nicht an Ihnen.
error-unknown-client-todo = Gehen Sie zur App zurück und versuchen Sie es noch einmal. Hilft das nicht, wenden Sie sich an die Betreiber der App und nennen Sie ihnen die Kennung unten.
error-redirect-uri-title = Wir haben Sie nicht weitergeleitet
error-redirect-uri-what = Die App wollte Sie an eine Adresse schicken lassen, die sie nicht registriert hat. Entweder ist sie falsch eingerichtet, oder jemand versucht, Sie zu täuschen.
error-redirect-uri-todo = Schließen Sie diese Seite. Wenn Sie über einen Link in einer Nachricht gekommen sind, verwenden Sie ihn nicht noch einmal. Wenn Sie der App vertrauen, wenden Sie sich an ihre Betreiber und nennen Sie ihnen die Kennung unten.
error-bad-request-title = Diese Anfrage verstehen wir nicht
error-bad-request-what = Die App hat uns eine fehlerhafte Anfrage geschickt. Es liegt nicht an Ihnen.
error-bad-request-todo = Gehen Sie zur App zurück und versuchen Sie es noch einmal. Hilft das nicht, wenden Sie sich an die Betreiber der App und nennen Sie ihnen die Kennung unten.
error-expired-title = Diese Seite ist nicht mehr gültig
error-expired-what = Sie war zu lange geöffnet, ist schon beantwortet oder wurde in einem anderen Browser geöffnet. Niemand hat etwas falsch gemacht.
error-expired-todo = Gehen Sie zur App zurück und fangen Sie noch einmal an.
error-restart = Bei { $client } neu beginnen
error-cookies-title = Ihr Browser hat unser Cookie nicht behalten
error-cookies-what = Die Anmeldung braucht ein Cookie, und es kam nicht zurück. Vielleicht blockiert Ihr Browser Cookies, oder diese Seite wurde in einem anderen Browser geöffnet als dem, in dem Sie begonnen haben.
error-cookies-todo = Erlauben Sie Cookies für diese Website, gehen Sie dann zur App zurück und fangen Sie noch einmal an.
error-forbidden-title = Das dürfen Sie nicht
error-forbidden-what = Ihrem Konto fehlt die Berechtigung, die dafür nötig ist.
error-forbidden-todo = Bitten Sie die Betreiber dieses Dienstes um die Berechtigung, oder melden Sie sich mit einem anderen Konto an.
error-not-found-title = Hier ist nichts
error-not-found-what = Die Adresse ist vielleicht vertippt, oder was hier war, ist umgezogen.
error-not-found-todo = Prüfen Sie die Adresse. Wenn Sie über einen Link in einer App gekommen sind, wenden Sie sich an deren Betreiber.
error-too-many-title = Zu viele Anfragen
error-too-many-what = Aus Ihrem Netz kamen in kurzer Zeit sehr viele Anfragen, deshalb nehmen wir eine Weile weniger an.
error-too-many-todo = Warten Sie eine Minute und versuchen Sie es dann noch einmal.
error-internal-title = Bei uns ist etwas schiefgegangen
error-internal-what = Es liegt an uns, nicht an Ihnen, und wurde festgehalten.
error-internal-todo = Versuchen Sie es gleich noch einmal. Wenn es wieder geschieht, wenden Sie sich an die Betreiber dieses Dienstes und nennen Sie ihnen die Kennung unten.
error-unavailable-title = Wir können gerade nicht antworten
error-unavailable-what = Ein Teil des Dienstes ist nicht erreichbar. Es liegt an uns, nicht an Ihnen, und ist meist bald vorbei.
error-unavailable-todo = Warten Sie einen Moment und laden Sie diese Seite dann neu.
