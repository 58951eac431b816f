// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_QUEUE_HISTOGRAM_H
#define M3_QUEUE_HISTOGRAM_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-packet-run-options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-packet
/// When the HPCC simulator looks at queues: QLEN_MON_FILE, QLEN_MON_START and QLEN_MON_END.
struct QueueMonitor
{
    std::string file;                //!< to be written; empty: none
    int64_t startNs = 2'000'000'000; //!< of the first look
    int64_t endNs = 2'100'000'000;   //!< no look follows one at or after it
};

/**
 * \ingroup m3-packet
 * The HPCC simulator's QLEN_MON_FILE: a look at every switch port each 100 ns, and wherever a look is at a multiple of
 * 100 ms, `time: NS` and a line per port, `node port n0 n1 ...`: how many looks since the first have seen its queue at
 * 0, 1, ... kB of 1000 B, rounded down, up to the longest so far. Nodes ascend, ports count from 1.
 */
class QueueHistogram
{
  public:
    /// \param fabric must outlive the histogram
    explicit QueueHistogram(const FabricGraph& fabric);

    /// Looks for PacketRunOptions::queueLooks, which the histogram must outlive.
    QueueLooks Looks(const QueueMonitor& monitor);

    /// Writes what was dumped so far, whole or not at all. \throws InputError
    void Write(const std::string& file) const;

  private:
    struct PortCounts
    {
        LinkId egress;
        std::vector<uint64_t> looks; //!< by kB
    };

    void Look(int64_t timeNs, const std::vector<uint64_t>& bytes);

    const FabricGraph& m_fabric;
    std::vector<PortCounts> m_ports; //!< of switches, in the order of the file
    std::string m_text;
};

} // namespace ns3::m3

#endif // M3_QUEUE_HISTOGRAM_H
