// SPDX-License-Identifier: Apache-2.0
@main struct Ringfence { static func main() {} }
