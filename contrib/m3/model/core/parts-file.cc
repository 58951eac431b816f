// SPDX-License-Identifier: GPL-2.0-only
#include "parts-file.h"

#include "ns3/m3-text-file.h"
#include "text-format.h"

#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <type_traits>

namespace ns3::m3
{

namespace
{

static_assert(boost::endian::order::native == boost::endian::order::little, "numbers are written as they lie here");

constexpr char PARTS_MAGIC[8] = {'m', '3', 'p', 'a', 'r', 't', 's', '\n'};
constexpr uint32_t PARTS_VERSION = 1; // of header and directory

/// The first bytes of a file.
struct PartsHeader
{
    char magic[8];
    uint32_t layout; //!< PARTS_VERSION
    uint32_t parts;
    uint64_t bytes; //!< of the file
    char kind[24];  //!< name, then zeros
    uint32_t version;
    uint32_t checksum; //!< of the header before it, then of the directory
};

/// What the directory says of a part. Parts follow it in the same order, without gaps.
struct PartsEntry
{
    char name[64]; //!< then zeros
    uint32_t type;
    uint32_t checksum;
    uint64_t rows;
    uint64_t columns;
};

static_assert(sizeof(PartsHeader) == 56 && sizeof(PartsEntry) == 88, "there is no padding");

enum PartType : uint32_t
{
    TEXT = 1,
    FLOATS = 2,
    DOUBLES = 3,
    UINT32S = 4,
    UINT64S = 5
};

template <typename T>
constexpr PartType TypeOf()
{
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, uint32_t> ||
                      std::is_same_v<T, uint64_t>,
                  "files of parts have no such numbers");
    return std::is_same_v<T, float>      ? FLOATS
           : std::is_same_v<T, double>   ? DOUBLES
           : std::is_same_v<T, uint32_t> ? UINT32S
                                         : UINT64S;
}

/// Bytes of a value, 0 for an unknown type.
uint64_t BytesOfType(uint32_t type)
{
    constexpr uint64_t BYTES[] = {0, 1, sizeof(float), sizeof(double), sizeof(uint32_t), sizeof(uint64_t)};
    return type <= UINT64S ? BYTES[type] : 0;
}

/// The text of a field that ends with zeros, "" if what follows the first zero is not zero.
template <std::size_t SIZE>
std::string TextOfField(const char (&field)[SIZE])
{
    const auto* end = std::find(field, field + SIZE, '\0');
    const bool clean = end != field + SIZE && std::all_of(end, field + SIZE, [](char c) { return c == '\0'; });
    return clean ? std::string(static_cast<const char*>(field), end) : "";
}

bool IsPartName(const std::string& name)
{
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string::npos;
}

/// Checksum of a file's header, but for the checksum itself, and directory.
uint32_t ChecksumOfDirectory(const std::string& bytes, std::size_t entries)
{
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), offsetof(PartsHeader, checksum));
    crc.process_bytes(bytes.data() + sizeof(PartsHeader), entries * sizeof(PartsEntry));
    return crc.checksum();
}

} // namespace

uint32_t ChecksumOf(const char* data, std::size_t bytes)
{
    boost::crc_32_type crc;
    crc.process_bytes(data, bytes);
    return crc.checksum();
}

std::string ChecksumText(uint32_t checksum)
{
    return FormatText("%08x", checksum);
}

std::string ReadBytes(std::istream& in, uint64_t maxBytes)
{
    constexpr uint64_t CHUNK = 1 << 20;
    std::string bytes;
    while (in && bytes.size() < maxBytes)
    {
        const std::size_t before = bytes.size();
        // doubled, so that little is copied, and never far beyond what is there
        const uint64_t next = std::min<uint64_t>(maxBytes - before, std::max<uint64_t>(CHUNK, before));
        bytes.resize(before + next);
        in.read(&bytes[before], static_cast<std::streamsize>(next));
        bytes.resize(before + static_cast<std::size_t>(in.gcount()));
    }
    return bytes;
}

std::ifstream OpenBinaryFile(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::error_code none;
    if (!in || std::filesystem::is_directory(file, none))
    {
        throw InputError(file, 0, "", "cannot be read");
    }
    return in;
}

void WriteBytes(const std::string& bytes, const std::string& file)
{
    WriteWholeFile(file,
                   [&bytes](std::ostream& out)
                   { out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())); });
}

uint32_t ChecksumOfFile(const std::string& file)
{
    std::ifstream in = OpenBinaryFile(file);
    boost::crc_32_type crc;
    std::vector<char> buffer(1 << 16);
    while (in)
    {
        in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        crc.process_bytes(buffer.data(), static_cast<std::size_t>(in.gcount()));
    }
    return crc.checksum();
}

PartsWriter::PartsWriter(const PartsFileKind& kind)
    : m_kind(kind)
{
}

void PartsWriter::AddText(const std::string& name, const std::string& text)
{
    m_parts.push_back({name, TEXT, text.size(), 1, text});
}

template <typename T>
void PartsWriter::AddArray(const std::string& name, const std::vector<T>& values, uint64_t columns)
{
    std::string bytes(values.size() * sizeof(T), '\0');
    if (!values.empty())
    {
        std::memcpy(bytes.data(), values.data(), bytes.size());
    }
    m_parts.push_back({name, TypeOf<T>(), values.size() / columns, columns, std::move(bytes)});
}

std::string PartsWriter::Bytes() const
{
    PartsHeader header{};
    std::memcpy(header.magic, PARTS_MAGIC, sizeof PARTS_MAGIC);
    header.layout = PARTS_VERSION;
    header.parts = static_cast<uint32_t>(m_parts.size());
    header.version = m_kind.version;
    std::strncpy(header.kind, m_kind.name, sizeof header.kind - 1);
    std::string bytes(sizeof header, '\0');
    header.bytes = sizeof header;
    for (const Part& part : m_parts)
    {
        PartsEntry entry{};
        std::strncpy(entry.name, part.name.c_str(), sizeof entry.name - 1);
        entry.type = part.type;
        entry.checksum = ChecksumOf(part.bytes.data(), part.bytes.size());
        entry.rows = part.rows;
        entry.columns = part.columns;
        bytes.append(reinterpret_cast<const char*>(&entry), sizeof entry);
        header.bytes += sizeof entry + part.bytes.size();
    }
    std::memcpy(bytes.data(), &header, sizeof header);
    header.checksum = ChecksumOfDirectory(bytes, m_parts.size());
    std::memcpy(bytes.data(), &header, sizeof header);
    bytes.reserve(header.bytes);
    for (const Part& part : m_parts)
    {
        bytes += part.bytes;
    }
    return bytes;
}

PartsReader::PartsReader(std::istream& in, const std::string& name, const PartsFileKind& kind)
    : m_name(name),
      m_kind(kind),
      m_bytes(ReadBytes(in, sizeof(PartsHeader)))
{
    const std::string noun = m_kind.noun;
    if (m_bytes.rfind(m_kind.older, 0) == 0)
    {
        throw InputError(name, 0, "", "is a " + noun + " of an older version of m3; " + m_kind.remedy);
    }
    if (m_bytes.compare(0, sizeof PARTS_MAGIC, PARTS_MAGIC, sizeof PARTS_MAGIC) != 0)
    {
        Refuse("it does not begin as one");
    }
    if (m_bytes.size() < sizeof(PartsHeader))
    {
        Refuse("it is cut off");
    }
    PartsHeader header{};
    std::memcpy(&header, m_bytes.data(), sizeof header);
    if (header.layout != PARTS_VERSION)
    {
        Refuse("its layout is not known");
    }
    if (header.bytes < sizeof header)
    {
        Refuse("its length is not what its header says");
    }
    m_bytes += ReadBytes(in, header.bytes - sizeof header);
    if (m_bytes.size() != header.bytes || in.peek() != std::istream::traits_type::eof())
    {
        Refuse("its length is not what its header says");
    }
    if (header.parts > (header.bytes - sizeof header) / sizeof(PartsEntry) ||
        header.checksum != ChecksumOfDirectory(m_bytes, header.parts))
    {
        Refuse("the checksum of its directory does not match");
    }
    m_checksum = header.checksum;
    const std::string found = TextOfField(header.kind);
    if (found != m_kind.name)
    {
        throw InputError(name,
                         0,
                         "",
                         "is a file of another kind (" + Quoted(found) + ", not " + Quoted(m_kind.name) + ")");
    }
    if (header.version != m_kind.version)
    {
        throw InputError(name,
                         0,
                         "",
                         "was made for another version of m3 (" + noun + " " + std::to_string(header.version) +
                             ", this program reads " + std::to_string(m_kind.version) + "); " + m_kind.remedy);
    }
    ReadDirectory();
}

void PartsReader::ReadDirectory()
{
    PartsHeader header{};
    std::memcpy(&header, m_bytes.data(), sizeof header);
    std::size_t begin = sizeof header + header.parts * sizeof(PartsEntry);
    for (uint32_t i = 0; i < header.parts; i++)
    {
        PartsEntry entry{};
        std::memcpy(&entry, &m_bytes[sizeof header + i * sizeof entry], sizeof entry);
        const std::string name = TextOfField(entry.name);
        const uint64_t each = BytesOfType(entry.type);
        const std::size_t left = m_bytes.size() - begin;
        // divided, not multiplied: what a file says may be as large as it likes
        const bool fits =
            each > 0 && entry.columns > 0 &&
            (entry.rows == 0 || (entry.columns <= left / each && entry.rows <= left / each / entry.columns));
        const bool wideText = entry.type == TEXT && entry.columns != 1; // an empty one would take no bytes
        if (!IsPartName(name) || !fits || wideText)
        {
            Refuse("its directory is wrong");
        }
        const std::size_t size = entry.rows * entry.columns * each;
        m_parts.push_back({name, entry.type, entry.rows, entry.columns, begin, size});
        if (entry.checksum != ChecksumOf(m_bytes.data() + begin, size))
        {
            Refuse("the checksum of its part " + name + " does not match");
        }
        begin += size;
    }
    if (begin != m_bytes.size())
    {
        Refuse("its length is not what its directory says");
    }
}

bool PartsReader::Has(const std::string& name) const
{
    return m_next < m_parts.size() && m_parts[m_next].name == name;
}

uint64_t PartsReader::Rows(const std::string& name) const
{
    const auto part = std::find_if(m_parts.begin() + static_cast<std::ptrdiff_t>(m_next),
                                   m_parts.end(),
                                   [&name](const Part& one) { return one.name == name; });
    if (part == m_parts.end())
    {
        Refuse("it has no part " + name);
    }
    return part->rows;
}

const PartsReader::Part& PartsReader::Take(const std::string& name, uint32_t type)
{
    if (!Has(name))
    {
        Refuse("it has no part " + name + ", or not in its place");
    }
    const Part& part = m_parts[m_next++];
    if (part.type != type)
    {
        Refuse("its part " + name + " is of another type");
    }
    return part;
}

std::string PartsReader::TakeText(const std::string& name)
{
    const Part& part = Take(name, TEXT);
    return m_bytes.substr(part.begin, part.size);
}

template <typename T>
std::vector<T> PartsReader::TakeArray(const std::string& name, uint64_t rows, uint64_t columns)
{
    const Part& part = Take(name, TypeOf<T>());
    if (part.rows != rows || part.columns != columns)
    {
        Refuse("its part " + name + " is " + std::to_string(part.rows) + " x " + std::to_string(part.columns) +
               " instead of " + std::to_string(rows) + " x " + std::to_string(columns));
    }
    std::vector<T> values(rows * columns);
    if (!values.empty())
    {
        std::memcpy(values.data(), m_bytes.data() + part.begin, part.size);
    }
    return values;
}

void PartsReader::ExpectNoMore() const
{
    if (m_next < m_parts.size())
    {
        Refuse("it has a part " + m_parts[m_next].name + " too many");
    }
}

uint32_t PartsReader::Checksum() const
{
    return m_checksum;
}

void PartsReader::Refuse(const std::string& why) const
{
    throw DamagedFileError(m_name, 0, "", m_kind.refusal + (": " + why));
}

template void PartsWriter::AddArray(const std::string&, const std::vector<float>&, uint64_t);
template void PartsWriter::AddArray(const std::string&, const std::vector<double>&, uint64_t);
template void PartsWriter::AddArray(const std::string&, const std::vector<uint32_t>&, uint64_t);
template void PartsWriter::AddArray(const std::string&, const std::vector<uint64_t>&, uint64_t);
template std::vector<float> PartsReader::TakeArray(const std::string&, uint64_t, uint64_t);
template std::vector<double> PartsReader::TakeArray(const std::string&, uint64_t, uint64_t);
template std::vector<uint32_t> PartsReader::TakeArray(const std::string&, uint64_t, uint64_t);
template std::vector<uint64_t> PartsReader::TakeArray(const std::string&, uint64_t, uint64_t);

} // namespace ns3::m3
