// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TEST_CRAFTED_PARTS_H
#define M3_TEST_CRAFTED_PARTS_H

#include "core/parts-file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <sstream>
#include <string>

namespace ns3::m3
{

/// Places in a file of parts (docs/file-formats.md).
constexpr std::size_t PARTS_HEADER_BYTES = 56;
constexpr std::size_t PARTS_ENTRY_BYTES = 88;

template <typename T>
T NumberAt(const std::string& bytes, std::size_t at)
{
    T value;
    std::memcpy(&value, &bytes.at(at), sizeof value);
    return value;
}

template <typename T>
void SetNumber(std::string& bytes, std::size_t at, T value)
{
    ASSERT_LE(at + sizeof value, bytes.size());
    std::memcpy(&bytes[at], &value, sizeof value);
}

/// Gives header and directory the checksum that they should have, as somebody who wants to harm would.
inline void MendChecksum(std::string& bytes)
{
    constexpr std::size_t CHECKSUM = 52;
    const std::size_t directory = NumberAt<uint32_t>(bytes, 12) * PARTS_ENTRY_BYTES;
    const std::string checked = bytes.substr(0, CHECKSUM) + bytes.substr(PARTS_HEADER_BYTES, directory);
    SetNumber(bytes, CHECKSUM, ChecksumOf(checked.data(), checked.size()));
}

/// Where the directory has the entry of a part.
inline std::size_t EntryOf(const std::string& bytes, const std::string& part)
{
    const uint32_t parts = NumberAt<uint32_t>(bytes, 12);
    for (uint32_t i = 0; i < parts; i++)
    {
        const std::size_t at = PARTS_HEADER_BYTES + i * PARTS_ENTRY_BYTES;
        if (bytes.compare(at, part.size() + 1, part.c_str(), part.size() + 1) == 0)
        {
            return at;
        }
    }
    ADD_FAILURE() << "no part " << part;
    return PARTS_HEADER_BYTES;
}

/// Sets a value of an array where it lies in the file, and all checksums.
template <typename T>
std::string WithValue(std::string bytes, const std::string& part, std::size_t index, T value)
{
    std::size_t at = PARTS_HEADER_BYTES + NumberAt<uint32_t>(bytes, 12) * PARTS_ENTRY_BYTES;
    constexpr std::size_t WIDTHS[] = {0, 1, 4, 8, 4, 8};
    const std::size_t entry = EntryOf(bytes, part);
    std::size_t size = 0;
    for (std::size_t one = PARTS_HEADER_BYTES; one <= entry; one += PARTS_ENTRY_BYTES)
    {
        at += size;
        size = NumberAt<uint64_t>(bytes, one + 72) * NumberAt<uint64_t>(bytes, one + 80) *
               WIDTHS[NumberAt<uint32_t>(bytes, one + 64)];
    }
    SetNumber(bytes, at + index * sizeof value, value);
    SetNumber(bytes, entry + 68, ChecksumOf(&bytes[at], size));
    MendChecksum(bytes);
    return bytes;
}

/// What the reader says of bytes, "" if it takes them. \param read a reader of streams, with a name of the file
template <typename Read>
std::string ErrorOf(const std::string& bytes, const Read& read)
{
    std::istringstream in(bytes);
    try
    {
        read(in, "file");
    }
    catch (const InputError& error)
    {
        return error.what();
    }
    return "";
}

/**
 * A file of parts is taken as it is, and refused when cut off anywhere, with a byte more, with any bit of its header
 * changed, and with any byte of the rest changed in one bit.
 */
template <typename Read>
void ExpectAnyDamageIsRefused(const std::string& bytes, const Read& read)
{
    ASSERT_EQ(ErrorOf(bytes, read), "");
    for (std::size_t length = 0; length < bytes.size(); length++)
    {
        ASSERT_NE(ErrorOf(bytes.substr(0, length), read), "") << "cut off after " << length;
    }
    EXPECT_NE(ErrorOf(bytes + '\0', read), "") << "a byte more";
    std::string changed = bytes;
    const auto expectRefused = [&](std::size_t bit)
    {
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        ASSERT_NE(ErrorOf(changed, read), "") << "bit " << bit % 8 << " of byte " << bit / 8;
        changed[bit / 8] = bytes[bit / 8];
    };
    for (std::size_t bit = 0; bit < 8 * PARTS_HEADER_BYTES; bit++)
    {
        expectRefused(bit);
    }
    for (std::size_t byte = PARTS_HEADER_BYTES; byte < bytes.size(); byte++)
    {
        expectRefused(8 * byte + byte * 5 % 8);
    }
}

/**
 * Sizes that cannot be, in a directory whose checksum is right, are refused before memory is taken for them: what a
 * file is built of when somebody wants to harm. \param part the name of an array of floats of the file
 */
template <typename Read>
void ExpectCraftedSizesAreRefused(const std::string& bytes, const std::string& part, const Read& read)
{
    constexpr std::size_t TYPE = 64;
    constexpr std::size_t ROWS = 72;
    constexpr std::size_t COLUMNS = 80;
    const std::size_t entry = EntryOf(bytes, part);
    const auto expect = [&](const std::string& message, const std::function<void(std::string&)>& change)
    {
        std::string crafted = bytes;
        change(crafted);
        MendChecksum(crafted);
        EXPECT_NE(ErrorOf(crafted, read).find(message), std::string::npos) << ErrorOf(crafted, read);
    };
    for (const uint64_t rows : {uint64_t{1} << 62, UINT64_MAX, uint64_t{1} << 32})
    {
        expect("its directory is wrong", [&](std::string& crafted) { SetNumber(crafted, entry + ROWS, rows); });
        expect("its directory is wrong", [&](std::string& crafted) { SetNumber(crafted, entry + COLUMNS, rows); });
    }
    // 2^61 x 2^60 floats have 2^123 bytes, which is 0 in 64 bits
    expect("its directory is wrong",
           [&](std::string& crafted)
           {
               SetNumber(crafted, entry + ROWS, uint64_t{1} << 61);
               SetNumber(crafted, entry + COLUMNS, uint64_t{1} << 60);
           });
    expect("its directory is wrong", [&](std::string& crafted) { SetNumber(crafted, entry + COLUMNS, uint64_t{0}); });
    expect("its directory is wrong", [&](std::string& crafted) { SetNumber(crafted, entry + TYPE, uint32_t{0}); });
    expect("its directory is wrong", [&](std::string& crafted) { SetNumber(crafted, entry + TYPE, uint32_t{6}); });
    expect("is of another type", [&](std::string& crafted) { SetNumber(crafted, entry + TYPE, uint32_t{4}); });
    expect("its directory is wrong", [&](std::string& crafted) { crafted[entry] = '\n'; });
    expect("its directory is wrong", [&](std::string& crafted) { crafted[entry] = '\0'; });
    expect("its directory is wrong", [&](std::string& crafted) { std::memset(&crafted[entry], 'x', 64); });
    expect("it has no part", [&](std::string& crafted) { crafted[entry] = 'x'; });
    constexpr std::size_t PARTS = 12;
    constexpr std::size_t LENGTH = 16;
    for (const uint32_t parts : {0U, UINT32_MAX, 1U << 31})
    {
        std::string crafted = bytes;
        SetNumber(crafted, PARTS, parts);
        EXPECT_NE(ErrorOf(crafted, read), "") << parts << " parts";
    }
    for (const uint64_t length : {uint64_t{0}, uint64_t{55}, bytes.size() + 1, uint64_t{1} << 62, UINT64_MAX})
    {
        std::string crafted = bytes;
        SetNumber(crafted, LENGTH, length);
        EXPECT_NE(ErrorOf(crafted, read).find("its length is not what"), std::string::npos) << length;
    }
}

} // namespace ns3::m3

#endif // M3_TEST_CRAFTED_PARTS_H
