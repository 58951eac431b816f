// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PARTS_FILE_H
#define M3_PARTS_FILE_H

#include "ns3/m3-input-error.h"

#include <cstdint>
#include <fstream>
#include <istream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-core
/// A file that is damaged, or something else altogether: what it held is lost.
class DamagedFileError : public InputError
{
  public:
    using InputError::InputError; //!< as InputError
};

/// \ingroup m3-core
/// What a file of parts is for. All are constants of the reader and the writer of such files.
struct PartsFileKind
{
    const char* name;    //!< written into the file, at most 23 characters
    uint32_t version;    //!< version of its parts
    const char* noun;    //!< what people call such a file, as in "checkpoint"
    const char* refusal; //!< begins the message about a damaged file, as in "is damaged"
    const char* older;   //!< first bytes of such files before this format
    const char* remedy;  //!< what to do with a file of another version
};

/**
 * \ingroup m3-core
 * Writes a file of named parts (docs/file-formats.md): texts and arrays of numbers, little-endian, with the length of
 * the file, the sizes of all parts, and CRC-32 checksums of the directory and of every part.
 */
class PartsWriter
{
  public:
    /// A file without parts yet.
    explicit PartsWriter(const PartsFileKind& kind);

    /// Adds a text. \param name of the part, 1 to 63 of a-z, 0-9, '_' and '.'
    void AddText(const std::string& name, const std::string& text);

    /// Adds an array of float, double, uint32_t or uint64_t. \pre `columns` divides the number of values
    template <typename T>
    void AddArray(const std::string& name, const std::vector<T>& values, uint64_t columns = 1);

    /// Adds an array of one number.
    template <typename T>
    void AddNumber(const std::string& name, T value)
    {
        AddArray(name, std::vector<T>{value});
    }

    /// The file as it would be written.
    std::string Bytes() const;

  private:
    struct Part
    {
        std::string name;
        uint32_t type;
        uint64_t rows;
        uint64_t columns;
        std::string bytes;
    };

    PartsFileKind m_kind;
    std::vector<Part> m_parts;
};

/**
 * \ingroup m3-core
 * Reads what PartsWriter wrote. Length, directory and checksums are verified by the constructor, which takes no more
 * memory than the file has bytes; after that parts are taken one by one in the order in which they were written, each
 * in the size that the caller expects. So what is read is what would be written again, byte by byte.
 */
class PartsReader
{
  public:
    /**
     * \param name of the file in messages
     * \throws DamagedFileError if it is no such file, cut off or changed
     * \throws InputError if it is of another kind or version
     */
    PartsReader(std::istream& in, const std::string& name, const PartsFileKind& kind);

    /// Whether this part is the next one.
    bool Has(const std::string& name) const;

    /// Rows of an array that comes later, bytes of a text. \throws DamagedFileError if there is none of that name
    uint64_t Rows(const std::string& name) const;

    /// Takes a text. \throws DamagedFileError if the next part is another
    std::string TakeText(const std::string& name);

    /// Takes an array. \throws DamagedFileError if the next part is not of that name, type and size
    template <typename T>
    std::vector<T> TakeArray(const std::string& name, uint64_t rows, uint64_t columns = 1);

    /// Takes an array of one number. \throws DamagedFileError as TakeArray
    template <typename T>
    T TakeNumber(const std::string& name)
    {
        return TakeArray<T>(name, 1).front();
    }

    /// \throws DamagedFileError if parts are left that nobody took
    void ExpectNoMore() const;

    /// CRC-32 of the directory, which has the checksums of all parts.
    uint32_t Checksum() const;

    /// \throws DamagedFileError naming the file \param why one clause
    [[noreturn]] void Refuse(const std::string& why) const;

  private:
    struct Part
    {
        std::string name;
        uint32_t type;
        uint64_t rows;
        uint64_t columns;
        std::size_t begin; //!< in m_bytes
        std::size_t size;  //!< bytes
    };

    void ReadDirectory();
    const Part& Take(const std::string& name, uint32_t type);

    std::string m_name;
    PartsFileKind m_kind;
    std::string m_bytes;
    std::vector<Part> m_parts;
    std::size_t m_next = 0; //!< of the parts
    uint32_t m_checksum = 0;
};

/**
 * Reads at most `maxBytes` bytes; memory grows with what is there, not with `maxBytes`.
 * \return fewer where the stream ends
 */
std::string ReadBytes(std::istream& in, uint64_t maxBytes);

/// Opens a file for reading. \throws InputError if it cannot be read, or is a folder
std::ifstream OpenBinaryFile(const std::string& file);

/// Writes a file, whole or not at all. \throws InputError if it cannot be written
void WriteBytes(const std::string& bytes, const std::string& file);

/// CRC-32 (that of zlib) of a file's bytes. \throws InputError if it cannot be read
uint32_t ChecksumOfFile(const std::string& file);

/// A checksum as eight hexadecimal digits.
std::string ChecksumText(uint32_t checksum);

/// CRC-32 of bytes. \param data its first byte
uint32_t ChecksumOf(const char* data, std::size_t bytes);

} // namespace ns3::m3

#endif // M3_PARTS_FILE_H
