// What the hosted pages can do beyond forms and links. Without it all of them work but those of passkeys; nothing here decides
// anything.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, members) => Object.assign(document.createElement(tag), members);
// A form's own members, for a field can have the name of one.
const send = (form) => HTMLFormElement.prototype.submit.call(form);

// Passwords are shown and hidden by a button; what is sent is a password again, which browsers know.
const EYE = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"/></svg>';
const CLOSED = EYE.replace("</svg>", '<path d="M4 20L20 4"/></svg>');
for (const box of all("[data-show]")) {
    const input = box.querySelector("input");
    const button = make("button", { type: "button", className: "reveal" });
    const show = (shown) => {
        input.type = shown ? "text" : "password";
        button.innerHTML = shown ? CLOSED : EYE;
        button.setAttribute("aria-label", shown ? box.dataset.hide : box.dataset.show);
    };
    button.addEventListener("click", () => show(input.type === "password"));
    input.form?.addEventListener("submit", () => show(false));
    show(false);
    box.append(button);
}

// What a new password must have is marked while it is typed.
for (const list of all("[data-rules]")) {
    const input = document.getElementById(list.dataset.rules);
    const rules = all("[data-pattern]", list).map((item) => [item, new RegExp(item.dataset.pattern, "su"), item.appendChild(make("span", { className: "sr" }))]);
    const check = () => rules.forEach(([item, pattern, state]) => {
        const typed = input.value !== "";
        const met = pattern.test(input.value);
        item.classList.toggle("passwordCheck-valid-customizable", typed && met);
        item.classList.toggle("passwordCheck-notValid-customizable", typed && !met);
        state.textContent = typed ? `, ${met ? list.dataset.met : list.dataset.unmet}` : "";
    });
    input.addEventListener("input", check);
    check();
}

// Text is copied by a button, where the browser lets pages copy.
for (const button of all("[data-copies]")) {
    const { textContent } = button;
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copies);
        button.textContent = button.dataset.copied;
        setTimeout(() => { button.textContent = textContent; }, 2000);
    });
}

// A form is sent once. It may be sent again when somebody comes back to its page, or has waited for long.
document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const form = event.target;
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-busy", "true");
    setTimeout(again, 15_000, form);
});
const again = (form) => {
    form.removeAttribute("data-sent");
    all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
};
addEventListener("pageshow", (event) => { if (event.persisted) all("form").forEach(again); });

// A page that goes on by itself.
all("form[data-goes-on]").forEach(send);

// Passkeys (WebAuthn Level 3 §5.1). Browsers that do not turn JSON into bytes and back are helped.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const ids = (list = []) => list.map((known) => ({ ...known, id: bytes(known.id) }));

const requestOptions = (json) => PublicKeyCredential.parseRequestOptionsFromJSON?.(json)
    ?? { ...json, challenge: bytes(json.challenge), allowCredentials: ids(json.allowCredentials) };

const creationOptions = (json) => PublicKeyCredential.parseCreationOptionsFromJSON?.(json)
    ?? { ...json, challenge: bytes(json.challenge), user: { ...json.user, id: bytes(json.user.id) }, excludeCredentials: ids(json.excludeCredentials) };

const toJson = (credential) => {
    // Some password managers put in a credential of their own, whose `toJSON` throws.
    try { return credential.toJSON(); } catch { /* By hand, then. */ }
    const { response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].filter((part) => response[part]);
    return {
        id: credential.id,
        rawId: text(credential.rawId),
        type: credential.type,
        authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
        clientExtensionResults: credential.getClientExtensionResults(),
        response: { ...Object.fromEntries(parts.map((part) => [part, text(response[part])])), transports: response.getTransports?.() },
    };
};

let asking;
const ask = async (form, more) => {
    asking?.abort();
    asking = new AbortController();
    const { passkey, newPasskey } = form.dataset;
    const { signal } = asking;
    const credential = newPasskey
        ? await navigator.credentials.create({ publicKey: creationOptions(JSON.parse(newPasskey)), signal })
        : await navigator.credentials.get({ publicKey: requestOptions(JSON.parse(passkey)), signal, ...more });
    form.querySelector("[name=credential]").value = JSON.stringify(toJson(credential));
    send(form);
};

const tell = (form, message) => {
    let notice = form.querySelector(".notice");
    if (!notice) form.prepend(notice = make("p", { className: "notice bad errorMessage-customizable" }));
    notice.setAttribute("role", "alert");
    notice.textContent = message;
};

for (const form of all("form[data-passkey], form[data-new-passkey]")) {
    const button = form.querySelector("button");
    if (!window.PublicKeyCredential) {
        // A page of nothing else says so; where there are other ways, they stand alone.
        if (form.dataset.unsupported) tell(form, form.dataset.unsupported);
        (form.dataset.unsupported ? [button] : all(".with-script")).forEach((part) => { part.hidden = true; });
        continue;
    }
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (button.hasAttribute("aria-busy")) return;
        button.setAttribute("aria-busy", "true");
        try {
            await ask(form);
        } catch {
            button.removeAttribute("aria-busy");
            tell(form, form.dataset.failed);
            wait(form);
        }
    });
    // The page that asks for nothing else asks at once; where the browser does not let it, its button does.
    if ("begins" in form.dataset) ask(form).catch(() => {});
    wait(form);
}

// A passkey is offered where the name is typed, for as long as nothing else happens.
async function wait(form) {
    if (!("waits" in form.dataset) || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
    // Meanwhile somebody may have taken the button.
    if (form.querySelector("[aria-busy]")) return;
    ask(form, { mediation: "conditional" }).catch(() => {});
}
