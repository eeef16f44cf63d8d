(function () {
  "use strict";
  var K = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  ];

  function right(word, count) {
    return (word >>> count) | (word << (32 - count));
  }

  // SHA-256 (FIPS 180-4) of a text of single bytes, hexadecimal. The browser's own is not for every frame.
  function sha256(text) {
    var h = [
      0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    ];
    var bits = text.length * 8, words = [], w = [], i, t, v, one, two, hex = "";
    for (i = 0; i < text.length; i++) {
      words[i >> 2] |= (text.charCodeAt(i) & 255) << (24 - (i % 4) * 8);
    }
    words[bits >> 5] |= 0x80 << (24 - bits % 32);
    words[(((bits + 64) >> 9) << 4) + 15] = bits;
    for (i = 0; i < words.length; i += 16) {
      v = h.slice(0);
      for (t = 0; t < 64; t++) {
        if (t < 16) {
          w[t] = words[i + t] | 0;
        } else {
          one = right(w[t - 15], 7) ^ right(w[t - 15], 18) ^ (w[t - 15] >>> 3);
          two = right(w[t - 2], 17) ^ right(w[t - 2], 19) ^ (w[t - 2] >>> 10);
          w[t] = (w[t - 16] + one + w[t - 7] + two) | 0;
        }
        one = right(v[4], 6) ^ right(v[4], 11) ^ right(v[4], 25);
        one = (v[7] + one + ((v[4] & v[5]) ^ (~v[4] & v[6])) + K[t] + w[t]) | 0;
        two = right(v[0], 2) ^ right(v[0], 13) ^ right(v[0], 22);
        two = (two + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]))) | 0;
        v = [(one + two) | 0, v[0], v[1], v[2], (v[3] + one) | 0, v[4], v[5], v[6]];
      }
      for (t = 0; t < 8; t++) {
        h[t] = (h[t] + v[t]) | 0;
      }
    }
    for (t = 0; t < 8; t++) {
      hex += ("0000000" + (h[t] >>> 0).toString(16)).slice(-8);
    }
    return hex;
  }

  // What the server has written into this browser at the last login or logout.
  function browserState() {
    var name = document.body.getAttribute("data-cookie") + "=";
    var pairs = document.cookie.split("; ");
    for (var i = 0; i < pairs.length; i++) {
      if (pairs[i].indexOf(name) === 0) {
        return pairs[i].slice(name.length);
      }
    }
    return "";
  }

  // The origin of the page around this frame, where the browser tells it.
  function around() {
    var known = window.location.ancestorOrigins;
    var referrer = /^https?:\/\/[^\/?#]+/.exec(document.referrer);
    return known && known.length ? known[0] : referrer ? referrer[0] : "";
  }

  function check(message, origin) {
    var space = typeof message === "string" ? message.lastIndexOf(" ") : -1;
    var client = space > 0 ? message.slice(0, space) : "";
    var state = message && space > 0 ? message.slice(space + 1) : "";
    var dot = state.lastIndexOf(".");
    if (!client || dot < 1 || dot === state.length - 1) {
      return "error";
    }
    var salt = state.slice(dot + 1), own = browserState();
    // Who knows what a browser without a value would answer could find out whether this one has one.
    if (!own) {
      return "changed";
    }
    var now = sha256(client + " " + origin + " " + own + " " + salt) + "." + salt;
    return now === state ? "unchanged" : "changed";
  }

  window.addEventListener("message", function (event) {
    var page = around();
    // Session Management 1.0 §3.2: nobody is answered but pages of the origin that has framed this one.
    if (event.source && (!page || page === event.origin)) {
      event.source.postMessage(check(event.data, event.origin), event.origin);
    }
  }, false);
})();
