// What the documentation can do beyond links and its search form. Without it every page works.

// A button on each block of code that copies it.
for (const block of document.querySelectorAll(".prose pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copies";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(block.textContent);
            button.textContent = "Copied";
        } catch {
            button.textContent = "Not allowed";
        }
        setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    const holder = document.createElement("div");
    holder.className = "block";
    block.replaceWith(holder);
    holder.append(block, button);
}

// `/` leads to the search.
document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    document.querySelector("main input[type=search], .contents input[type=search]")?.focus();
});
