/** Hands a table to whoever looks at the page, as a file. */
export function download(name: string, csv: string): void {
  // With the mark at its beginning, Excel reads the accents.
  const address = URL.createObjectURL(new Blob(["\uFEFF", csv], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has taken its copy by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
