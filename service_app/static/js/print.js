// The button that prints the page; without the script, Ctrl+P does the same.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
