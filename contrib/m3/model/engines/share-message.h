// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SHARE_MESSAGE_H
#define M3_SHARE_MESSAGE_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace ns3::m3
{

// What processes give to EstimateShare::Gather() is floats. Values of 64 bits travel with all their digits as three of
// them, each of which holds a part as a whole number.

/// \ingroup m3-engines
/// Writes values one after the other.
class ShareWriter
{
  public:
    static constexpr uint32_t PARTS = 3;      //!< Floats of a value of 64 bits.
    static constexpr uint32_t PART_BITS = 22; //!< Bits in each.
    static_assert(PARTS * PART_BITS >= 64 && PART_BITS <= 24, "a float holds whole numbers of 24 bits");

    /// Writes a whole number.
    void Write(uint64_t value)
    {
        for (uint32_t part = 0; part < PARTS; part++)
        {
            m_floats.push_back(static_cast<float>(value & ((1U << PART_BITS) - 1)));
            value >>= PART_BITS;
        }
    }

    /// Writes a number.
    void Write(double value)
    {
        uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        Write(bits);
    }

    /// Writes a float.
    void Write(float value)
    {
        m_floats.push_back(value);
    }

    /// Writes floats and how many they are.
    void Write(const std::vector<float>& values)
    {
        Write(uint64_t{values.size()});
        m_floats.insert(m_floats.end(), values.begin(), values.end());
    }

    /// Writes numbers and how many they are. \param values convertible to Number, uint64_t or double
    template <typename Number, typename Value>
    void WriteEach(const std::vector<Value>& values)
    {
        Write(uint64_t{values.size()});
        for (const Value& value : values)
        {
            Write(static_cast<Number>(value));
        }
    }

    /// What was written.
    const std::vector<float>& Floats() const
    {
        return m_floats;
    }

  private:
    std::vector<float> m_floats;
};

/// \ingroup m3-engines
/// Reads what a ShareWriter wrote, in the same order. The floats must outlive it.
class ShareReader
{
  public:
    /// Begins with the first value.
    explicit ShareReader(const std::vector<float>& floats)
        : m_next(floats.data()),
          m_end(floats.data() + floats.size())
    {
    }

    /// Returns whether all has been read.
    bool IsAtEnd() const
    {
        return m_next == m_end;
    }

    /// Reads a whole number.
    uint64_t Integer()
    {
        uint64_t value = 0;
        for (uint32_t part = 0; part < ShareWriter::PARTS; part++)
        {
            value |= static_cast<uint64_t>(*m_next++) << (part * ShareWriter::PART_BITS);
        }
        return value;
    }

    /// Reads a number.
    double Real()
    {
        const uint64_t bits = Integer();
        double value = 0;
        std::memcpy(&value, &bits, sizeof(value));
        return value;
    }

    /// Reads a float.
    float Float()
    {
        return *m_next++;
    }

    /// Reads floats.
    std::vector<float> Floats()
    {
        const float* begin = m_next + ShareWriter::PARTS;
        m_next = begin + Integer();
        return {begin, m_next};
    }

    /// Reads whole numbers.
    template <typename Value>
    std::vector<Value> Integers()
    {
        std::vector<Value> values(Integer());
        for (Value& value : values)
        {
            value = static_cast<Value>(Integer());
        }
        return values;
    }

    /// Reads numbers.
    std::vector<double> Reals()
    {
        std::vector<double> values(Integer());
        for (double& value : values)
        {
            value = Real();
        }
        return values;
    }

  private:
    const float* m_next;
    const float* m_end;
};

} // namespace ns3::m3

#endif // M3_SHARE_MESSAGE_H
