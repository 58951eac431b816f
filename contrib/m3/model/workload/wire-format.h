// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_WIRE_FORMAT_H
#define M3_WIRE_FORMAT_H

#include "ns3/m3-input-error.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace ns3::m3
{

/**
 * \ingroup m3-workload
 * Reads the fields of one message in the wire format of Protocol Buffers, one after the other.
 *
 * \code
 *   WireReader fields(message, "trace.0.et");
 *   while (fields.Next())
 *   {
 *       if (fields.Number() == 1) { id = fields.Unsigned(); }
 *   }
 * \endcode
 */
class WireReader
{
  public:
    /// How a field stands in the message.
    enum class Type : uint8_t
    {
        VARINT = 0,
        FIXED64 = 1,
        BYTES = 2,
        FIXED32 = 5
    };

    /// Before the first field. \param message must outlive it \param where names the message in errors
    WireReader(std::string_view message, std::string where)
        : m_rest(message),
          m_where(std::move(where))
    {
    }

    /// Goes to the next field. \return false at the end \throws InputError for what is no field
    bool Next()
    {
        if (m_rest.empty())
        {
            return false;
        }
        const uint64_t key = TakeVarint();
        m_number = key >> 3;
        m_type = static_cast<Type>(key & 7U);
        switch (m_type)
        {
        case Type::VARINT:
            m_value = TakeVarint();
            return CheckNumber();
        case Type::FIXED64:
            m_value = TakeFixed(sizeof(uint64_t));
            return CheckNumber();
        case Type::FIXED32:
            m_value = TakeFixed(sizeof(uint32_t));
            return CheckNumber();
        case Type::BYTES:
            m_bytes = TakeBytes();
            return CheckNumber();
        }
        Fail();
    }

    /// Number of the field.
    uint64_t Number() const
    {
        return m_number;
    }

    /// How the field stands there.
    Type WireType() const
    {
        return m_type;
    }

    /// The field as a whole number. \throws InputError where it is not one of type VARINT
    uint64_t Unsigned() const
    {
        Require(Type::VARINT);
        return m_value;
    }

    /// The bits of a number of any type but BYTES.
    uint64_t Bits() const
    {
        return m_value;
    }

    /// The field as text, as a message or as packed numbers. \throws InputError where it is not one of type BYTES
    std::string_view Bytes() const
    {
        Require(Type::BYTES);
        return m_bytes;
    }

    /// Takes a whole number that stands by itself, as in front of a message or in packed numbers. \throws InputError
    uint64_t TakeVarint()
    {
        constexpr int LAST_SHIFT = 63;
        uint64_t value = 0;
        for (int shift = 0; shift <= LAST_SHIFT && !m_rest.empty(); shift += 7)
        {
            const auto byte = static_cast<uint8_t>(m_rest.front());
            m_rest.remove_prefix(1);
            value |= uint64_t{byte & 0x7FU} << shift;
            if (byte < 0x80)
            {
                return value;
            }
        }
        Fail();
    }

    /// Takes a length and as many bytes. \throws InputError where there are less
    std::string_view TakeBytes()
    {
        const uint64_t length = TakeVarint();
        if (length > m_rest.size())
        {
            Fail();
        }
        const std::string_view bytes = m_rest.substr(0, length);
        m_rest.remove_prefix(length);
        return bytes;
    }

    /// Whether nothing is left.
    bool IsAtEnd() const
    {
        return m_rest.empty();
    }

  private:
    uint64_t TakeFixed(std::size_t size)
    {
        if (m_rest.size() < size)
        {
            Fail();
        }
        uint64_t value = 0;
        for (std::size_t i = size; i-- > 0;)
        {
            value = value << 8 | static_cast<uint8_t>(m_rest[i]);
        }
        m_rest.remove_prefix(size);
        return value;
    }

    bool CheckNumber() const
    {
        constexpr uint64_t LARGEST = (uint64_t{1} << 29) - 1;
        if (m_number == 0 || m_number > LARGEST)
        {
            Fail();
        }
        return true;
    }

    void Require(Type type) const
    {
        if (m_type != type)
        {
            throw InputError(m_where + ": field " + std::to_string(m_number) + " is of another type than expected");
        }
    }

    [[noreturn]] void Fail() const
    {
        throw InputError(m_where + ": the file is garbled or cut off");
    }

    std::string_view m_rest; //!< what was not taken yet
    std::string m_where;
    uint64_t m_number = 0;
    Type m_type = Type::VARINT;
    uint64_t m_value = 0;
    std::string_view m_bytes;
};

} // namespace ns3::m3

#endif // M3_WIRE_FORMAT_H
