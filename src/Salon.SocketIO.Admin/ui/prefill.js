// Proposes the server that the page came from, which is nearly always the one that is meant. The page's own script owns everything else.
const propose = () => {
  const field = document.querySelector(".v-dialog form input[required]");
  if (!field) return;
  observer.disconnect();
  if (field.value) return;
  field.value = location.origin;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const observer = new MutationObserver(propose);
observer.observe(document.documentElement, { childList: true, subtree: true });
