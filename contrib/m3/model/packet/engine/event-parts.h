// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVENT_PARTS_H
#define M3_EVENT_PARTS_H

#include "event-wheel.h"

#include "ns3/m3-fabric-graph.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * The parts of a network that a parallel run of ns-3 simulates side by side, as UNISON divides it (Bai et al., Unison:
 * A Parallel-Efficient and User-Transparent Network Simulation Kernel, EuroSys 2024): links with at least the median
 * delay are cut. All parts run up to the earliest event and the shortest cut delay beyond it; then each gets the events
 * that the others have sent it, from one sender after the other. That decides which of two events of one ns at one port
 * comes first. Events of different parts do not meet in one ns, so that one calendar serves all parts.
 *
 * UNISON sorts what a part has sent with std::sort, which leaves events that it cannot tell apart in an order of its
 * own. The published runs were made with that of GCC's standard library, hence the same call here.
 */
class EventParts
{
  public:
    static constexpr uint32_t SCRIPT = 0; //!< the part of what the script does before the run

    /// An event that one part has sent another.
    struct Message
    {
        int64_t sentNs;   //!< when
        uint64_t order;   //!< of the events that the sender had scheduled by then
        int64_t timeNs;   //!< of the event
        EventType type;   //!< of the event
        uint32_t subject; //!< of the event
        uint32_t object;  //!< of the event

        /// Whether a sender's other message goes first.
        bool operator>(const Message& other) const
        {
            return std::tie(sentNs, order, timeNs) > std::tie(other.sentNs, other.order, other.timeNs);
        }
    };

    /// Divides a fabric.
    explicit EventParts(const FabricGraph& fabric)
        : m_partOf(fabric.NodeCount(), SCRIPT),
          m_fabric(fabric)
    {
        std::vector<int64_t> delays;
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            delays.push_back(fabric.Link(link).delayNs);
        }
        std::sort(delays.begin(), delays.end());
        const std::size_t middle = delays.size() / 2; // the number of directed links is even
        const int64_t shortestCut = delays.empty() ? 0 : (delays[middle - 1] + delays[middle]) / 2;
        uint32_t parts = SCRIPT;
        for (NodeId node = 0; node < fabric.NodeCount(); node++)
        {
            if (m_partOf[node] == SCRIPT)
            {
                FillPart(node, ++parts, shortestCut);
            }
        }
        for (LinkId link = 0; link < fabric.LinkCount(); link++)
        {
            if (Crosses(link))
            {
                m_lookAheadNs = std::min(m_lookAheadNs, fabric.Link(link).delayNs);
            }
        }
    }

    /// Part of a node.
    uint32_t PartOf(NodeId node) const
    {
        return m_partOf[node];
    }

    /// Whether a link joins two parts.
    bool Crosses(LinkId link) const
    {
        return m_partOf[m_fabric.Link(link).from] != m_partOf[m_fabric.Link(link).to];
    }

    /// A part sends another an event.
    void Post(uint32_t from, uint32_t to, const Message& message)
    {
        m_posted[{to, from}].push_back(message);
    }

    /**
     * The parts have run up to the event before the next one. \param nextNs time of the next one \param deliver called
     * with each event that is now known to its part, in order \return whether there were any: then the next event may
     * be another one
     */
    template <typename Deliver>
    bool EndRound(int64_t nextNs, const Deliver& deliver)
    {
        if (nextNs < m_roundEndNs)
        {
            return false;
        }
        int64_t earliest = nextNs;
        bool delivered = false;
        for (auto& [parts, messages] : m_posted)
        {
            std::sort(messages.begin(), messages.end(), std::greater<>());
            for (; !messages.empty(); messages.pop_back())
            {
                const Message& message = messages.back();
                // a flow is posted some time before it starts, as an event of its own
                earliest = std::min(earliest, message.type == EventType::FLOW_DUE ? message.sentNs : message.timeNs);
                deliver(message);
                delivered = true;
            }
        }
        if (earliest < EventWheel::NEVER - m_lookAheadNs)
        {
            m_roundEndNs = earliest + m_lookAheadNs + 1;
        }
        return delivered;
    }

  private:
    void FillPart(NodeId first, uint32_t part, int64_t shortestCut)
    {
        m_partOf[first] = part;
        std::vector<NodeId> nodes = {first};
        while (!nodes.empty())
        {
            const NodeId node = nodes.back();
            nodes.pop_back();
            for (const LinkId link : m_fabric.EgressLinks(node))
            {
                const FabricLink& way = m_fabric.Link(link);
                if (way.delayNs < shortestCut && m_partOf[way.to] == SCRIPT)
                {
                    m_partOf[way.to] = part;
                    nodes.push_back(way.to);
                }
            }
        }
    }

    std::vector<uint32_t> m_partOf; //!< by node, from 1
    const FabricGraph& m_fabric;
    int64_t m_lookAheadNs = MAX_LINK_DELAY_NS; //!< shortest delay of the links that are cut
    int64_t m_roundEndNs = 0;                  //!< events before it run before messages are delivered
    std::map<std::pair<uint32_t, uint32_t>, std::vector<Message>> m_posted; //!< by receiver and sender
};

} // namespace ns3::m3

#endif // M3_EVENT_PARTS_H
