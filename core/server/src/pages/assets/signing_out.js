// Goes on as soon as every client's page has loaded, and no later than the page says. Without this script the page goes on by
// itself once they have loaded.
"use strict";
(() => {
  const link = document.getElementById("goOn");
  const goOn = () => location.replace(link.href);
  addEventListener("load", goOn);
  setTimeout(goOn, Number(link.dataset.waitS) * 1000);
})();
