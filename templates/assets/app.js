// What pages can do beyond forms and links. Without it every page works; nothing here decides anything.

const $ = (selector, root = document) => root.querySelector(selector);

// Copy buttons: `<button data-copy="text">`, or of what stands in the element that `data-copy-of` names.
document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-of]");
    if (!button) return;
    const text = button.dataset.copy ?? document.getElementById(button.dataset.copyOf)?.textContent ?? "";
    try {
        await navigator.clipboard.writeText(text);
        say("Copied.");
    } catch {
        say("This browser does not let pages copy.");
    }
});

// What has happened, for those who look and those who listen.
const say = (text) => {
    const status = $("#status");
    if (!status) return;
    status.textContent = text;
    status.hidden = false;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { status.hidden = true; status.textContent = ""; }, 2500);
};

// A form that asks for a name before it does what cannot be undone: its button waits until the name stands there.
const guard = (form) => {
    const input = $("[data-must-equal]", form);
    const button = $("button[type=submit]", form);
    if (!input || !button) return;
    const check = () => { button.disabled = input.value !== input.dataset.mustEqual; };
    input.addEventListener("input", check);
    check();
};
const prepare = (root) => root.querySelectorAll("form[data-confirm]").forEach(guard);
prepare(document);
document.addEventListener("htmx:after:swap", () => prepare(document));

// Menus close when somebody goes elsewhere.
document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});

// The palette, and the keys: `/` to search, `g` and a letter to go, Ctrl+K or ? for the palette. Rooms and the pages of the pool are
// found here; things are found by the server, at the page that finds them without a script.
const palette = $("#palette");
const input = palette && $("input", palette);
const found = palette && $("ul.found", palette);
const shown = () => [...palette.querySelectorAll("li:not(.kind)")].filter((entry) => !entry.hidden);
const select = (entry) => palette.querySelectorAll("li:not(.kind)").forEach((other) => other.setAttribute("aria-selected", String(other === entry)));

const entry = (href, title, detail) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = href;
    link.tabIndex = -1;
    const texts = [title, detail].filter(Boolean).map((text) => Object.assign(document.createElement("span"), { textContent: text }));
    if (texts[1]) texts[1].className = "muted small";
    link.append(...texts);
    item.append(link);
    return item;
};

const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    palette.querySelectorAll("ul:not(.found) li").forEach((item) => {
        const text = item.textContent.toLowerCase();
        item.hidden = !words.every((word) => text.includes(word));
    });
    select(shown()[0]);
};

// What the server finds, for what stands in the field when nobody has typed for a moment.
const find = async () => {
    find.going?.abort();
    const wanted = input.value.trim();
    if (wanted.length < 2) { found.replaceChildren(); return; }
    find.going = new AbortController();
    try {
        const answer = await fetch(input.dataset.find + encodeURIComponent(wanted), { signal: find.going.signal });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const items = [...page.querySelectorAll("#found ul[data-kind]")].flatMap((list) => {
            const kind = Object.assign(document.createElement("li"), { className: "kind", textContent: list.dataset.kind });
            const things = [...list.querySelectorAll("li")].map((item) => {
                const link = $("a", item);
                return entry(link.getAttribute("href"), link.textContent, $("span", item)?.textContent);
            });
            return [kind, ...things];
        });
        const selected = shown().find((item) => item.getAttribute("aria-selected") === "true");
        found.replaceChildren(...items);
        select(selected?.isConnected && !selected.hidden ? selected : shown()[0]);
    } catch (error) {
        if (error.name !== "AbortError") found.replaceChildren();
    }
};

const open = () => {
    if (!palette || palette.open) return;
    palette.showModal();
    input.value = "";
    found.replaceChildren();
    filter();
};

if (palette) {
    const rooms = $("ul", palette);
    document.querySelectorAll("a[data-place]").forEach((link) => rooms.append(entry(link.href, link.textContent, "this pool")));
    input.addEventListener("input", () => {
        filter();
        clearTimeout(find.timer);
        find.timer = setTimeout(find, 200);
    });
    palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
    input.addEventListener("keydown", (event) => {
        const list = shown();
        const at = list.findIndex((item) => item.getAttribute("aria-selected") === "true");
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const step = event.key === "ArrowDown" ? 1 : -1;
            const next = list[(at + step + list.length) % list.length];
            select(next);
            next?.scrollIntoView({ block: "nearest" });
        } else if (event.key === "Enter") {
            event.preventDefault();
            $("a", list[at] ?? list[0])?.click();
        }
    });
    document.querySelectorAll("[data-opens-palette]").forEach((link) => {
        link.addEventListener("click", (event) => { event.preventDefault(); open(); });
    });
}

let going = false;
document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        open();
        return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || palette?.open) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (going) {
        going = false;
        $(`a[data-key="${CSS.escape(event.key)}"]`)?.click();
    } else if (event.key === "g") {
        going = true;
        setTimeout(() => { going = false; }, 1200);
    } else if (event.key === "/") {
        const search = $("input[type=search]");
        if (search) { event.preventDefault(); search.focus(); } else { event.preventDefault(); open(); }
    } else if (event.key === "?") {
        // The key itself is not what is looked for.
        event.preventDefault();
        open();
    }
});
