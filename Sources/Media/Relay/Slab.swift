// SPDX-License-Identifier: Apache-2.0

/// A fixed number of places for values that cannot be copied, such as keyed ciphers. An array holds only what can be.
@safe struct Slab<Element: ~Copyable & Sendable>: ~Copyable, @unchecked Sendable {
    // Unchecked: a pointer is not Sendable by itself; this one has a single owner. Safe: every access is checked.
    private let elements: UnsafeMutablePointer<Element>
    private var isFilled: [Bool]

    /// All places are empty.
    init(count: Int) {
        unsafe elements = .allocate(capacity: count)
        isFilled = Array(repeating: false, count: count)
    }

    deinit {
        for place in isFilled.indices where isFilled[place] { unsafe (elements + place).deinitialize(count: 1) }
        unsafe elements.deallocate()
    }

    func contains(_ place: Int) -> Bool { isFilled[place] }

    /// - Precondition: The place is empty.
    mutating func fill(_ place: Int, with element: consuming Element) {
        precondition(!isFilled[place], "a place of the slab is filled once")
        unsafe (elements + place).initialize(to: element)
        isFilled[place] = true
    }

    /// - Precondition: The place is filled.
    mutating func empty(_ place: Int) {
        precondition(isFilled[place], "only a filled place of the slab can be emptied")
        unsafe (elements + place).deinitialize(count: 1)
        isFilled[place] = false
    }

    /// Takes out what stands in a place, which is empty then.
    ///
    /// - Precondition: The place is filled.
    mutating func take(_ place: Int) -> Element {
        precondition(isFilled[place], "only from a filled place of the slab something can be taken")
        isFilled[place] = false
        return unsafe (elements + place).move()
    }

    // Addressors instead of coroutines: a coroutine that is not inlined takes its frame from the heap.

    /// - Precondition: The place is filled.
    subscript(place: Int) -> Element {
        unsafeAddress {
            precondition(isFilled[place], "an empty place of the slab has no element")
            return unsafe UnsafePointer(elements + place)
        }
        unsafeMutableAddress {
            precondition(isFilled[place], "an empty place of the slab has no element")
            return unsafe elements + place
        }
    }
}
