#!/usr/bin/env python3
"""check.py SERVER [--browser] [--screenshot FILE]: the example from outside, with curl and, if asked, with a real browser.

SERVER is the built program (.build/debug/PhotoUpload). --browser drives a headless Chromium and needs chromium, chromium-driver and
Python's selenium. Exits 1 at the first thing that is not as a person would expect it.
"""
import argparse, os, re, subprocess, sys, tempfile, time

here = os.path.dirname(os.path.abspath(__file__))
images = os.path.join(here, "..", "..", "TestImages")
image = lambda name: os.path.abspath(os.path.join(images, name))
passed = 0


def expect(condition, what):
    global passed
    if not condition:
        sys.exit(f"failed: {what}")
    passed += 1


def start(server, store):
    process = subprocess.Popen([server, "--port", "0", "--store", store], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found:
            return process, f"http://127.0.0.1:{found[1]}"
    sys.exit("the server did not start")


def curl(*arguments):
    """Status and body of one request."""
    done = subprocess.run(["curl", "-sS", "-w", "\n%{http_code}", *arguments], capture_output=True, check=True)
    body, status = done.stdout.rsplit(b"\n", 1)
    return int(status), body


def with_curl(url, folder):
    expect(b"No photos yet" in curl(url + "/")[1], "an empty gallery says so")
    status, _ = curl("-F", f"photo=@{image('photo.jpg')}", "-F", "title=Dusk <i>", url + "/photos")
    expect(status == 303, "an upload leads back to the page")
    page = curl(url + "/")[1]
    expect(b"Dusk &lt;i&gt;" in page and b"640 \xc3\x97 480, JPEG" in page, "the photo is listed")
    expect(curl(url + "/photos/1")[1] == open(image("photo.jpg"), "rb").read(), "the photo comes back as it was sent")
    small = curl(url + "/photos/1/small")[1]
    expect(small[:2] == b"\xff\xd8" and len(small) < 60_000, "a small copy is shown")
    cut = os.path.join(folder, "cut.jpg")
    with open(image("photo.jpg"), "rb") as whole, open(cut, "wb") as part:
        part.write(whole.read()[:9000])
    status, page = curl("-F", f"photo=@{cut}", url + "/photos")
    expect(status == 422 and b'role="alert"' in page, "a cut photo is refused, and the page says why")
    status, page = curl("-F", f"photo=@{image('make.py')};filename=x.png", url + "/photos")
    expect(status == 422, "what is no picture is refused")
    big = os.path.join(folder, "big.jpg")
    with open(big, "wb") as file:
        file.truncate((20 << 20) + 1)
    expect(curl("-F", f"photo=@{big}", url + "/photos")[0] == 413, "too many bytes are refused")
    expect(curl(url + "/photos/../../etc/passwd", "--path-as-is")[0] == 404, "no path leads out")
    expect(curl("-X", "POST", url + "/photos/1/delete")[0] == 303, "a photo is deleted")
    expect(curl(url + "/photos/1")[0] == 404, "and is gone")
    stored = [name for _, _, names in os.walk(os.path.join(folder, "store", "media")) for name in names]
    expect(not stored, "with its files")


def with_browser(url, folder, screenshot):
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1000,900"):
        options.add_argument(argument)
    options.binary_location = "/usr/bin/chromium"
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        def press(button):
            """Presses a button that sends a form, and waits for the page that follows."""
            page = browser.find_element(By.TAG_NAME, "html")
            browser.find_element(By.CSS_SELECTOR, button).click()
            WebDriverWait(browser, 20).until(lambda browser: browser.find_element(By.TAG_NAME, "html") != page)

        def upload(path, title):
            browser.get(url)
            browser.find_element(By.NAME, "photo").send_keys(path)
            browser.find_element(By.NAME, "title").send_keys(title)
            press("form.upload button")

        uploads = [("photo.jpg", "A lake at dusk"), ("alpha.png", "Glass <discs>"), ("animated.gif", "A ball"),
                   ("lineart.png", "Circles")]
        for name, title in uploads:
            upload(image(name), title)
        titles = [item.text for item in browser.find_elements(By.CSS_SELECTOR, "li strong")]
        expect(titles == [title for _, title in reversed(uploads)], "the gallery lists the newest first")
        shown = browser.execute_script("return [...document.images].every(i => i.complete && i.naturalWidth > 0)")
        expect(shown, "the browser shows every small copy")
        upload(os.path.join(folder, "cut.jpg"), "Cut off")
        alert = browser.find_element(By.CSS_SELECTOR, "[role=alert]").text
        expect("cannot be taken" in alert, "the page says why a photo was refused")
        browser.get(url)
        if screenshot:
            browser.save_screenshot(screenshot)
        press("li button")
        expect(len(browser.find_elements(By.CSS_SELECTOR, "li")) == len(uploads) - 1, "the button deletes a photo")
    finally:
        browser.quit()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--screenshot")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process, url = start(os.path.abspath(arguments.server), os.path.join(folder, "store"))
        try:
            with_curl(url, folder)
            if arguments.browser:
                with_browser(url, folder, arguments.screenshot)
        finally:
            process.terminate()
            process.wait(10)
        expect(process.returncode == 0, "the server stops when it is told to")
    print(f"{passed} passed, 0 failed")


main()
