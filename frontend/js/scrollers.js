/** Wide tables and code scroll in their own box: the box must be reachable by keyboard. */
export function startScrollers() {
  const look = () => {
    for (const box of document.querySelectorAll('.prose :is(pre, table):not([tabindex], .table-scroll *)')) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  };
  look();
  addEventListener('resize', look);
  document.addEventListener('rembuk:posts', look);
}
