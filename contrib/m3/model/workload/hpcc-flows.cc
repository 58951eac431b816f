// SPDX-License-Identifier: GPL-2.0-only
// Flows in the HPCC simulator's format: the number of flows, then a line per flow in ascending order of start: `src dst
// priority dport size_bytes start`. Dport is read and not used: a flow is told from others by its position. Lines of
// seven fields have the flow's number, from 0, in front. Priorities that differ and what follows the flows come to a
// note.
#include "flow-file.h"
#include "flow-formats.h"

#include "fabric/route-errors.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-text-file.h"

#include <iomanip>

namespace ns3::m3
{

namespace
{

constexpr double LARGEST_SECONDS = 1e9;

constexpr std::size_t FIELDS = 6;

/// Reads one flow after the other.
class FlowReader
{
  public:
    FlowReader(TextReader& reader, const FabricGraph& fabric, StartTimes times)
        : m_reader(reader),
          m_fabric(fabric),
          m_times(times)
    {
    }

    FlowList Read(InputNotes* notes)
    {
        constexpr uint64_t SHORTEST = 11; // characters of a flow: 0 1 3 0 1 0
        m_reader.Require("number of flows", 1);
        const uint64_t count = m_reader.Count(0, "number of flows", 1, UINT32_MAX - 1, SHORTEST);
        FlowList flows;
        flows.reserve(count);
        while (flows.size() < count)
        {
            if (!m_reader.Next())
            {
                m_reader.Fail("number of flows",
                              "the first line says " + std::to_string(count) + ", the file has " +
                                  std::to_string(flows.size()));
            }
            const Flow flow = One(flows.size());
            if (!flows.empty() && flow.startNs < flows.back().startNs)
            {
                m_reader.Fail("start", "earlier than that of the flow before; sort the file by start");
            }
            flows.push_back(flow);
        }
        m_reader.End(notes,
                     flows.size() == 1 ? "the flow of this file"
                                       : "the " + std::to_string(count) + " flows that the first line counts");
        return flows;
    }

  private:
    Flow One(uint64_t number)
    {
        m_first = m_reader.Fields() == FIELDS + 1 ? 1 : 0;
        if (m_reader.Fields() != FIELDS + m_first)
        {
            m_reader.Fail("flow", "has " + std::to_string(m_reader.Fields()) + " fields instead of 6");
        }
        if (m_first == 1 && m_reader.Text(0) != std::to_string(number))
        {
            m_reader.Fail("flow",
                          "has 7 fields; the first must then count the flows from 0, and here be " +
                              std::to_string(number));
        }
        Flow flow{Host(0, "src"), Host(1, "dst"), 0, 0};
        if (flow.src == flow.dst)
        {
            m_reader.Fail("dst", "is the source itself");
        }
        flow.priorityGroup = static_cast<uint8_t>(m_reader.Integer(m_first + 2, "priority", 0, PRIORITIES - 1));
        flow.dstPort = static_cast<uint16_t>(m_reader.Integer(m_first + 3, "dport", 0, UINT16_MAX));
        flow.sizeBytes = m_reader.Integer(m_first + 4, "size", 1, MAX_FLOW_BYTES);
        flow.startNs = Start(m_first + 5);
        return flow;
    }

    NodeId Host(std::size_t field, const char* name) const
    {
        const NodeId node = m_reader.Integer(m_first + field, name, 0, UINT32_MAX);
        if (node >= m_fabric.NodeCount() || !m_fabric.IsHost(node))
        {
            m_reader.Fail(name, NoHostText(m_fabric, node));
        }
        return node;
    }

    int64_t Start(std::size_t field) const
    {
        if (m_times == StartTimes::NANOSECONDS)
        {
            return static_cast<int64_t>(m_reader.Integer(field, "start", 0, MAX_START_NS));
        }
        const double seconds = m_reader.Number(field, "start", 0, LARGEST_SECONDS);
        return m_times == StartTimes::SECONDS ? m_reader.TimeNs(field, "start", "s") : HpccSecondsToNs(seconds);
    }

    static constexpr uint32_t PRIORITIES = 8;

    TextReader& m_reader;
    const FabricGraph& m_fabric;
    const StartTimes m_times;
    std::size_t m_first = 0; //!< field of the source
};

} // namespace

Schedule ReadHpccFlows(TextReader& reader, const FabricGraph& fabric, StartTimes times, InputNotes* notes)
{
    return Schedule(FlowReader(reader, fabric, times).Read(notes));
}

void WriteFlowFile(const FlowList& flows, const std::string& file, StartTimes times)
{
    WriteWholeFile(file,
                   [&](std::ostream& out)
                   {
                       out << flows.size() << '\n';
                       for (const Flow& flow : flows)
                       {
                           out << flow.src << ' ' << flow.dst << ' ' << unsigned{flow.priorityGroup} << ' '
                               << flow.dstPort << ' ' << flow.sizeBytes << ' ';
                           if (times == StartTimes::NANOSECONDS)
                           {
                               out << flow.startNs << '\n';
                           }
                           else
                           {
                               out << flow.startNs / 1'000'000'000 << '.' << std::setw(9) << std::setfill('0')
                                   << flow.startNs % 1'000'000'000 << '\n';
                           }
                       }
                   });
}

} // namespace ns3::m3
