// Runs before anything is painted, so that nobody sees the wrong theme for a moment.
(function () {
  var root = document.documentElement;

  try {
    var theme = localStorage.getItem("salon.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;

    var chosen = localStorage.getItem("salon.language");
    var language = chosen || (navigator.languages || [navigator.language]).join(",");
    root.lang = /^\s*fr\b/i.test(language) ? "fr" : "en";
  } catch (error) {
    // Storage is forbidden: the system's theme and English it is.
    root.lang = "en";
  }
})();
