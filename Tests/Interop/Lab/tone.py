# SPDX-License-Identifier: Apache-2.0
"""Test tones: makes a recording of one, and measures how long one is to be heard in a recording. Needs no package."""
import array
import math
import struct
import wave

# The shortest block in which 440, 700 and 1000 Hz are well apart, in seconds.
BLOCK = 0.05
# Below this mean square a block is silence: 45 dB under full scale.
SILENCE = 10 ** -4.5


def make(path, hertz, seconds, rate=8000):
    """Writes a WAV of 16 bits and one channel."""
    samples = (int(16000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds)))
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array.array("h", samples).tobytes())


def read(path):
    """The rate and the samples (-1 to 1, first channel) of a WAV of 16 bits.

    Phones write the lengths of the header when they close the file, if at all, so the samples go on to the end of the file.
    """
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return 8000, []
    position, channels, rate = 12, 1, 8000
    while position + 8 <= len(data) and data[position:position + 4] != b"data":
        if data[position:position + 4] == b"fmt ":
            channels, rate = struct.unpack_from("<HI", data, position + 10)
        position += 8 + struct.unpack_from("<I", data, position + 4)[0]
    samples = array.array("h", data[position + 8:][:(len(data) - position - 8) // 2 * 2])
    return rate, [sample / 32768 for sample in samples[::channels]]


def share(block, hertz, rate):
    """How much of a block's energy is at one frequency: the Goertzel filter, 1 for a pure tone."""
    factor, one, two = 2 * math.cos(2 * math.pi * hertz / rate), 0.0, 0.0
    for sample in block:
        one, two = sample + factor * one - two, one
    energy = sum(sample * sample for sample in block)
    return 2 * (one * one + two * two - factor * one * two) / (len(block) * energy)


def seconds(path, hertz, least=0.5):
    """How long a tone is louder than everything else in a recording, or has another share of all that is heard."""
    rate, samples = read(path)
    size, found = int(rate * BLOCK), 0
    for start in range(0, len(samples) - size + 1, size):
        block = samples[start:start + size]
        loud = sum(sample * sample for sample in block) > SILENCE * size
        found += loud and share(block, hertz, rate) > least
    return found * BLOCK
