// Starts Swagger UI on the document of the chosen API family. Nothing is remembered between visits.
"use strict";

(function () {
  const place = document.getElementById("swagger-ui");
  const family = document.getElementById("family");

  // Swagger UI has a dark theme; the page follows the system's choice.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = function () {
    document.documentElement.classList.toggle("dark-mode", dark.matches);
  };
  dark.addEventListener("change", paint);
  paint();

  family.value = place.dataset.family;
  family.addEventListener("change", function () {
    family.form.submit();
  });

  const ui = SwaggerUIBundle({
    domNode: place,
    url: new URL(place.dataset.family + ".json", location.href).href,
    oauth2RedirectUrl: new URL("oauth2-redirect.html", location.href).href,
    presets: [SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    validatorUrl: null,
    withCredentials: false,
  });

  ui.initOAuth({
    clientId: place.dataset.clientId,
    appName: "Swagger UI",
    usePkceWithAuthorizationCodeGrant: true,
    // The registered method of the client is client_secret_basic; in the body the secret would be refused.
    useBasicAuthenticationWithAccessCodeGrant: true,
  });

  // For scripts that drive the page.
  window.ui = ui;
})();
