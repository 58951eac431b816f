// SPDX-License-Identifier: GPL-2.0-only
// Checksums of the archives that checkpoints once were.
#include "core/parts-file.h"
#include "legacy-checkpoint.h"

#include <cstring>

namespace ns3::m3
{

namespace
{

constexpr const char* ARCHIVE_REFUSAL = "is no checkpoint of m3, or damaged: ";

/// A ZIP archive (PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16), in memory.
class StoredArchive
{
  public:
    StoredArchive(std::istream& in, const std::string& name)
        : m_name(name),
          m_bytes(ReadBytes(in, MAX_BYTES))
    {
    }

    void Check() const
    {
        constexpr std::size_t END_BYTES = 22;
        const std::size_t end = m_bytes.rfind(std::string("PK\5\6", 4));
        if (end == std::string::npos || m_bytes.size() - end < END_BYTES)
        {
            Refuse("it is no archive, or cut off");
        }
        const uint64_t files = Number<uint16_t>(end + 10);
        uint64_t at = Number<uint32_t>(end + 16);
        for (uint64_t i = 0; i < files; i++)
        {
            at = CheckFile(at);
        }
    }

  private:
    static constexpr uint64_t MAX_BYTES = 1 << 30; // no checkpoint is as large

    /// \param at of a header in the central directory \return where the next one is
    uint64_t CheckFile(uint64_t at) const
    {
        constexpr uint64_t CENTRAL_BYTES = 46;
        constexpr uint64_t LOCAL_BYTES = 30;
        Expect(at, "PK\1\2");
        const uint64_t size = Number<uint32_t>(at + 24);
        const uint64_t local = Number<uint32_t>(at + 42);
        Expect(local, "PK\3\4");
        const uint64_t begin = local + LOCAL_BYTES + Number<uint16_t>(local + 26) + Number<uint16_t>(local + 28);
        const bool stored = Number<uint16_t>(at + 10) == 0;
        const uint64_t packed = Number<uint32_t>(at + 20);
        if (begin > m_bytes.size() || packed > m_bytes.size() - begin || (stored && packed != size))
        {
            Refuse("its archive is wrong");
        }
        // what is compressed is code, which has no numbers in it
        if (stored && ChecksumOf(m_bytes.data() + begin, size) != Number<uint32_t>(at + 16))
        {
            Refuse("a checksum of its archive does not match");
        }
        return at + CENTRAL_BYTES + Number<uint16_t>(at + 28) + Number<uint16_t>(at + 30) + Number<uint16_t>(at + 32);
    }

    template <typename T>
    T Number(uint64_t at) const
    {
        if (at > m_bytes.size() || m_bytes.size() - at < sizeof(T))
        {
            Refuse("its archive is wrong");
        }
        T value;
        std::memcpy(&value, &m_bytes[at], sizeof value);
        return value;
    }

    void Expect(uint64_t at, const char* signature) const
    {
        if (at > m_bytes.size() || m_bytes.compare(at, 4, signature, 4) != 0)
        {
            Refuse("its archive is wrong");
        }
    }

    [[noreturn]] void Refuse(const std::string& why) const
    {
        throw InputError(m_name, 0, "", ARCHIVE_REFUSAL + why);
    }

    std::string m_name;
    std::string m_bytes;
};

} // namespace

void CheckArchive(std::istream& in, const std::string& name)
{
    StoredArchive(in, name).Check();
}

} // namespace ns3::m3
