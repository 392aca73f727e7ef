/** The sign of the house. */
export function Logo() {
  return <img class="logo" src="/favicon.svg" width="28" height="28" alt="" />;
}
