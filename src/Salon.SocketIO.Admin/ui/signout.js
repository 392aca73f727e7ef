// Lets an administrator sign out: everywhere, since the server ends all sessions of the name. The page's own script owns everything else.
const labels = { en: "Sign out", fr: "Se déconnecter" };
const button = document.createElement("button");
button.type = "button";
button.id = "sign-out";
Object.assign(button.style, {
  position: "fixed",
  right: "16px",
  bottom: "16px",
  zIndex: 100,
  padding: "8px 16px",
  border: "1px solid #767676",
  borderRadius: "4px",
  background: "#ffffff",
  color: "#1f1f1f",
  font: "14px system-ui, sans-serif",
  cursor: "pointer",
});
const show = () => {
  button.hidden = !localStorage.getItem("session_id");
  const label = labels[localStorage.getItem("lang")] ?? labels.en;
  if (button.textContent !== label) button.textContent = label;
};
button.addEventListener("click", async () => {
  button.disabled = true;
  const answer = await fetch("sign-out", { method: "POST" }).catch(() => null);
  button.disabled = false;
  if (!answer?.ok) return;
  localStorage.removeItem("session_id");
  location.reload();
});
document.body.append(button);
new MutationObserver(show).observe(document.documentElement, { childList: true, subtree: true });
show();
