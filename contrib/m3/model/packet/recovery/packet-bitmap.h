// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_BITMAP_H
#define M3_PACKET_BITMAP_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * A set of packets from one on, which moves on with the transfer. It takes no memory while it is empty.
 */
class PacketBitmap
{
  public:
    /// Whether a packet is in it. \param packet counted from the first
    bool Has(uint64_t packet) const
    {
        const uint64_t bit = m_begin + packet;
        return bit / BITS < m_words.size() && (m_words[bit / BITS] >> bit % BITS & 1U) != 0;
    }

    /// Adds a packet. \param packet counted from the first
    void Add(uint64_t packet)
    {
        const uint64_t bit = m_begin + packet;
        if (bit / BITS >= m_words.size())
        {
            m_words.resize(bit / BITS + 1);
        }
        m_words[bit / BITS] |= uint64_t{1} << bit % BITS;
    }

    /// Forgets packets, so that a later one is the first.
    void Advance(uint64_t packets)
    {
        m_begin += packets;
        const uint64_t passed = m_begin / BITS;
        if (passed >= m_words.size())
        {
            m_words.clear();
            m_begin = 0;
        }
        else if (passed > 2 && passed > m_words.size() / 2)
        {
            m_words.erase(m_words.begin(), m_words.begin() + static_cast<std::ptrdiff_t>(passed));
            m_begin %= BITS;
        }
    }

  private:
    static constexpr uint64_t BITS = 64;

    std::vector<uint64_t> m_words;
    uint64_t m_begin = 0; //!< bit of the first packet
};

} // namespace ns3::m3

#endif // M3_PACKET_BITMAP_H
