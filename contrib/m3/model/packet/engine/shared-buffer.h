// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SHARED_BUFFER_H
#define M3_SHARED_BUFFER_H

#include "ns3/m3-switch-config.h"

#include <algorithm>
#include <cstdint>

namespace ns3::m3
{

inline constexpr uint64_t RESUME_OFFSET_BYTES = 3072; //!< below the threshold before a port resumes

/**
 * \ingroup m3-packet
 * Bytes that one ingress port holds in its switch.
 */
struct alignas(32) IngressAccount
{
    uint64_t bytes = 0;         //!< in reserve and shared pool
    uint64_t headroomBytes = 0; //!< in headroom
    uint64_t headroom = 0;      //!< size of the headroom
    uint32_t shift = 0;         //!< of the dynamic threshold: share of the free pool that one port may take
    bool pauseSent = false;     //!< the neighbour is paused

    /// Bytes in the shared pool.
    uint64_t SharedBytes() const
    {
        return bytes > PORT_RESERVE_BYTES ? bytes - PORT_RESERVE_BYTES : 0;
    }
};

/**
 * \ingroup m3-packet
 * Shared-buffer switch memory with dynamic thresholds per ingress port (Choudhury and Hahne, IEEE/ACM Transactions on
 * Networking 1998): a port may hold its reserve and up to (free shared pool) >> shift; what comes beyond goes to the
 * port's headroom, and the neighbour is paused.
 * \tparam Rules StandardBufferRules or HpccBufferRules
 */
template <class Rules>
class SharedBuffer
{
  public:
    /// \param poolBytes shared pool: buffer less reserve and headroom
    explicit SharedBuffer(uint64_t poolBytes)
        : m_pool(poolBytes)
    {
    }

    SharedBuffer() = default;

    /// Bytes of the shared pool that a port may hold now.
    uint64_t Threshold(const IngressAccount& port) const
    {
        return Rules::FreeBytes(m_pool, m_used) >> port.shift;
    }

    /// Whether there is room for a packet; else it is dropped.
    bool Admits(const IngressAccount& port, uint64_t size) const
    {
        if (!Rules::ASKS_THRESHOLD_FOR_RESERVE && size + port.bytes <= PORT_RESERVE_BYTES)
        {
            return true;
        }
        return size + port.headroomBytes <= port.headroom || size + port.SharedBytes() <= Threshold(port);
    }

    /// Whether a packet that leaves at once is admitted and leaves no trace: no pause, no resume, all sums as before.
    bool PassesUnnoticed(const IngressAccount& port, uint64_t size) const
    {
        return size + port.bytes <= PORT_RESERVE_BYTES && size <= Threshold(port) && port.headroomBytes == 0 &&
               !port.pauseSent;
    }

    /// A packet came in.
    void Add(IngressAccount& port, uint64_t size)
    {
        const uint64_t sum = port.bytes + size;
        if (sum <= PORT_RESERVE_BYTES)
        {
            port.bytes = sum;
        }
        else if (sum - PORT_RESERVE_BYTES > Threshold(port))
        {
            port.headroomBytes += size;
        }
        else
        {
            port.bytes = sum;
            m_used += std::min(size, sum - PORT_RESERVE_BYTES);
        }
    }

    /// A packet went out.
    void Remove(IngressAccount& port, uint64_t size)
    {
        const uint64_t fromHeadroom = std::min(port.headroomBytes, size);
        const uint64_t fromShared = std::min(size - fromHeadroom, port.SharedBytes());
        port.headroomBytes -= fromHeadroom;
        port.bytes -= size - fromHeadroom;
        m_used -= fromShared;
    }

    /// Whether the neighbour is to be paused.
    bool ShouldPause(const IngressAccount& port) const
    {
        return !port.pauseSent && (port.headroomBytes > 0 || port.SharedBytes() >= Threshold(port));
    }

    /// Whether a paused neighbour may send again.
    bool ShouldResume(const IngressAccount& port) const
    {
        return port.pauseSent && port.headroomBytes == 0 &&
               (port.SharedBytes() == 0 || port.SharedBytes() + RESUME_OFFSET_BYTES <= Threshold(port));
    }

  private:
    uint64_t m_pool = 0;
    uint64_t m_used = 0;
};

} // namespace ns3::m3

#endif // M3_SHARED_BUFFER_H
