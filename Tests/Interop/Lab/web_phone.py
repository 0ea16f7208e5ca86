# SPDX-License-Identifier: Apache-2.0
"""A phone in Debian's Chromium: SIP.js over secure WebSockets, DTLS-SRTP and ICE. It has the verbs of `Phone`."""
import os

import tone
from browser import Browser
from phone import until

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "web_phone.html")


class WebPhone:
    kind = "chromium"

    def __init__(self, user, password, port, domain, ca, out, tone_hz, sip_js):
        """`port` is that of the server's listener for WebSockets; its page has to be named to the server before it registers."""
        os.makedirs(out, exist_ok=True)
        self.user, self.password, self.port, self.domain = user, password, port, domain
        voice = os.path.join(out, "say.wav")
        tone.make(voice, tone_hz, 60, rate=48000)
        self.browser = Browser(ca, sip_js, page=PAGE, more=[
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--use-file-for-fake-audio-capture=" + voice,
            "--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection"])
        self.origin = self.browser.origin

    def start(self):
        self._do("start({ wss: 'wss://localhost:%d/', user: '%s', password: '%s', domain: '%s' })" % (
            self.port, self.user, self.password, self.domain))

    def _do(self, expression):
        outcome = self.browser.run(expression + ".then(() => null)")
        if outcome:
            raise RuntimeError("%s: %s" % (expression[:20], outcome))

    def seen(self):
        return self.browser.js("return seen")

    def count(self, event):
        return self.seen()[event]

    def hears(self, event, seconds, number=1):
        return until(lambda: self.count(event) >= number, seconds)

    def dial(self, to, video=False):
        self._do("dial('%s', %s)" % (to, "true" if video else "false"))

    def hangup(self):
        self.browser.js("session.bye()")

    def hold(self):
        self._do("hold(true)")

    def resume(self):
        self._do("hold(false)")

    def dtmf(self, digits):
        self.browser.js("press('%s')" % digits)

    def seconds_of(self, hertz):
        """Of which it was the loudest; a step of the meter has 6 Hz."""
        return sum(tenths for each, tenths in self.seen()["heard"].items() if abs(int(each) - hertz) <= 12) / 10

    def hears_tone(self, hertz):
        return self.seconds_of(hertz) >= 1.5

    def stats(self):
        return self.browser.run("stats()")

    def stop(self):
        self.browser.close()
