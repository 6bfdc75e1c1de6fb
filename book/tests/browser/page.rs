//! One page in the browser, used as a person uses it: keys go in, what is shown comes out.

use crate::chrome::Chrome;
use serde_json::{Value, json};

/// How a page is looked at.
#[derive(Clone, Copy)]
pub(crate) struct View {
    /// Width of the window in pixels.
    pub(crate) width: u32,
    /// mdBook's name of the theme.
    pub(crate) theme: &'static str,
    /// Whether scripts run.
    pub(crate) scripts: bool,
}

/// A wide window in the light theme, with scripts.
pub(crate) const WIDE: View = View { width: 1280, theme: "light", scripts: true };

/// A page that has been loaded. It is closed when this is dropped.
pub(crate) struct Page<'a> {
    chrome: &'a mut Chrome,
    session: String,
    target: Value,
}

impl<'a> Page<'a> {
    /// Opens a page and waits until it is loaded.
    pub(crate) fn open(chrome: &'a mut Chrome, url: &str, view: View) -> Self {
        let target =
            chrome.call(None, "Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let attached =
            chrome.call(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let mut page = Self { chrome, session, target };
        for domain in ["Page", "Runtime", "Network", "Log"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        page.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        let size = json!({ "width": view.width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        page.call("Emulation.setDeviceMetricsOverride", size);
        let dark = if view.theme == "light" { "light" } else { "dark" };
        let scheme = json!([{ "name": "prefers-color-scheme", "value": dark }]);
        page.call("Emulation.setEmulatedMedia", json!({ "features": scheme }));
        let remember = format!("localStorage.setItem('mdbook-theme', {})", json!(view.theme));
        page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": remember }));
        page.call("Emulation.setScriptExecutionDisabled", json!({ "value": !view.scripts }));
        page.call("Page.navigate", json!({ "url": url }));
        page.chrome.wait_for(&page.session, "Page.loadEventFired");
        page
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.chrome.call(Some(&self.session), method, params)
    }

    /// The value of an expression in the page; of a promise, what it becomes.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", params);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// The same, where the value is a text.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().unwrap_or_else(|| panic!("{expression} is {value}, not a text")).to_owned()
    }

    /// The same, where the value is a list of texts.
    pub(crate) fn texts(&mut self, expression: &str) -> Vec<String> {
        serde_json::from_value(self.value(expression)).unwrap()
    }

    /// Presses a key once: `Tab`, `Enter`, `ArrowLeft`, or a character.
    pub(crate) fn press(&mut self, key: &str) {
        self.press_with(key, 0);
    }

    /// Presses Tab with Shift: one step back.
    pub(crate) fn press_back(&mut self) {
        self.press_with("Tab", 8);
    }

    fn press_with(&mut self, key: &str, modifiers: u8) {
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, None),
            "Enter" => ("Enter", 13, Some("\r")),
            " " => ("Space", 32, Some(" ")),
            "End" => ("End", 35, None),
            "Home" => ("Home", 36, None),
            "ArrowLeft" => ("ArrowLeft", 37, None),
            "ArrowUp" => ("ArrowUp", 38, None),
            "ArrowRight" => ("ArrowRight", 39, None),
            "ArrowDown" => ("ArrowDown", 40, None),
            "Delete" => ("Delete", 46, None),
            other => ("", 0, Some(other)),
        };
        let mut down = json!({ "type": if text.is_some() { "keyDown" } else { "rawKeyDown" }, "key": key,
            "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers });
        if let Some(text) = text {
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", down);
        if key != "Tab" {
            let up = json!({ "type": "keyUp", "key": key, "code": code, "windowsVirtualKeyCode": number });
            self.call("Input.dispatchKeyEvent", up);
        }
    }

    /// Presses Tab until the field of this name has the focus: what no key reaches, a keyboard user cannot use.
    pub(crate) fn tab_to(&mut self, widget: &str, what: &str) {
        let there = format!("document.activeElement.matches('[data-widget={widget}] {what}')");
        for _ in 0..200 {
            if self.value(&there) == json!(true) {
                return;
            }
            self.press("Tab");
        }
        panic!("Tab does not reach {what} of the widget {widget}");
    }

    /// Replaces what stands in a field, by keys alone.
    pub(crate) fn fill(&mut self, widget: &str, field: &str, text: &str) {
        self.tab_to(widget, &format!("[name={field}]"));
        let all = json!({ "type": "rawKeyDown", "key": "a", "code": "KeyA", "commands": ["selectAll"] });
        self.call("Input.dispatchKeyEvent", all);
        self.press("Delete");
        for c in text.chars() {
            match c {
                '\n' => self.press("Enter"),
                _ => self.press(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    /// Waits until what the page has put off is done, as when a form was reset.
    pub(crate) fn settled(&mut self) {
        self.value("new Promise((done) => setTimeout(done))");
    }

    /// Waits for the page that a key has led to.
    pub(crate) fn loaded(&mut self) {
        self.chrome.wait_for(&self.session, "Page.loadEventFired");
    }

    /// The sentence of a widget that is read out to those who cannot see its tables.
    pub(crate) fn result(&mut self, widget: &str) -> String {
        self.text(&format!("document.querySelector('[data-widget={widget}] .widget-result').textContent"))
    }

    /// A table of a widget, by its number: the texts of its rows, cell by cell, without the head.
    pub(crate) fn table(&mut self, widget: &str, number: usize) -> Vec<Vec<String>> {
        serde_json::from_value(self.value(&format!(
            "Array.from(document.querySelectorAll('[data-widget={widget}] table')[{number}]?.tBodies[0].rows ?? [],
                (row) => Array.from(row.cells, (cell) => cell.textContent))"
        )))
        .unwrap()
    }

    /// What the page has complained about: errors of its scripts, and of what it has loaded.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let events = |method| self.chrome.events(&self.session, method).into_iter();
        let thrown = events("Runtime.exceptionThrown").map(|event| event["exceptionDetails"].to_string());
        let said = events("Runtime.consoleAPICalled")
            .filter(|event| ["error", "warning", "assert"].iter().any(|kind| event["type"] == json!(kind)))
            .map(Value::to_string);
        let logged = events("Log.entryAdded")
            .filter(|event| ["error", "warning"].iter().any(|level| event["entry"]["level"] == json!(level)))
            .map(|event| event["entry"].to_string());
        thrown.chain(said).chain(logged).collect()
    }

    /// The addresses of all that the page has asked for.
    pub(crate) fn requests(&self) -> Vec<String> {
        let events = self.chrome.events(&self.session, "Network.requestWillBeSent");
        events.into_iter().map(|event| event["request"]["url"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let target = self.target.clone();
            self.chrome.call(None, "Target.closeTarget", json!({ "targetId": target }));
        }
    }
}
