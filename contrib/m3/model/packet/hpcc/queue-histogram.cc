// SPDX-License-Identifier: GPL-2.0-only
#include "queue-histogram.h"

#include "ns3/m3-text-file.h"

namespace ns3::m3
{

QueueHistogram::QueueHistogram(const FabricGraph& fabric)
    : m_fabric(fabric)
{
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        for (const LinkId egress : fabric.EgressLinks(node))
        {
            if (!fabric.IsHost(node))
            {
                m_ports.push_back({egress, {}});
            }
        }
    }
}

QueueLooks QueueHistogram::Looks(const QueueMonitor& monitor)
{
    constexpr int64_t INTERVAL_NS = 100;
    return {monitor.startNs, monitor.endNs, INTERVAL_NS, [this](int64_t timeNs, const std::vector<uint64_t>& bytes) {
                Look(timeNs, bytes);
            }};
}

void QueueHistogram::Look(int64_t timeNs, const std::vector<uint64_t>& bytes)
{
    constexpr uint64_t BYTES_OF_BIN = 1000;
    constexpr int64_t DUMP_NS = 100'000'000;
    for (PortCounts& port : m_ports)
    {
        const uint64_t bin = bytes[port.egress] / BYTES_OF_BIN;
        if (bin >= port.looks.size())
        {
            port.looks.resize(bin + 1);
        }
        port.looks[bin]++;
    }
    if (timeNs % DUMP_NS != 0)
    {
        return;
    }
    m_text += "time: " + std::to_string(timeNs) + '\n';
    for (const PortCounts& port : m_ports)
    {
        const FabricLink& link = m_fabric.Link(port.egress);
        m_text += std::to_string(link.from) + ' ' + std::to_string(link.port + 1);
        for (const uint64_t looks : port.looks)
        {
            m_text += ' ' + std::to_string(looks);
        }
        m_text += '\n';
    }
}

void QueueHistogram::Write(const std::string& file) const
{
    WriteWholeFile(file, [this](std::ostream& out) { out << m_text; });
}

} // namespace ns3::m3
