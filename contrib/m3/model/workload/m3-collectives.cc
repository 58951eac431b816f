// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-collectives.h"

#include "ns3/m3-input-error.h"

#include <algorithm>

namespace ns3::m3
{

namespace
{

/// \throws InputError naming the collective
void CheckRing(const RingCollective& ring, std::size_t begins)
{
    const auto fail = [&](const std::string& what)
    { throw InputError((ring.name.empty() ? "a ring collective" : ring.name) + ": " + what); };
    const std::size_t ranks = ring.ranks.size();
    std::vector<NodeId> hosts = ring.ranks;
    std::sort(hosts.begin(), hosts.end());
    if (ranks < 2 || std::adjacent_find(hosts.begin(), hosts.end()) != hosts.end())
    {
        fail("needs at least two ranks on different hosts");
    }
    if (ring.channels.empty() || ring.chunkBytes == 0 || ring.steps == 0)
    {
        fail("needs at least one channel, one step and chunks of at least 1 byte");
    }
    if (begins != 0 && begins != ranks)
    {
        fail("needs a task to begin after for each of its " + std::to_string(ranks) + " ranks, has " +
             std::to_string(begins));
    }
    for (std::vector<uint32_t> order : ring.channels)
    {
        std::sort(order.begin(), order.end());
        for (std::size_t i = 0; i < std::max(ranks, order.size()); i++)
        {
            if (order.size() != ranks || order[i] != i)
            {
                fail("each of its channels must visit every rank once");
            }
        }
    }
}

/// Adds the tasks of one collective.
class RingMaker
{
  public:
    RingMaker(Schedule& schedule,
              const RingCollective& ring,
              const CollectiveTiming& timing,
              const std::vector<TaskId>& begin)
        : m_schedule(schedule),
          m_ring(ring),
          m_timing(timing),
          m_begin(begin),
          m_group(schedule.AddGroup({ring.name, ring.kind}))
    {
    }

    std::vector<TaskId> Add()
    {
        std::vector<TaskId> ends;
        for (const NodeId host : m_ring.ranks)
        {
            ends.push_back(m_schedule.AddCompute({host, 0}));
            m_schedule.SetGroup(ends.back(), m_group);
        }
        for (const std::vector<uint32_t>& order : m_ring.channels)
        {
            AddChannel(order, ends);
        }
        return ends;
    }

  private:
    void AddChannel(const std::vector<uint32_t>& order, const std::vector<TaskId>& ends)
    {
        const auto ranks = static_cast<uint32_t>(order.size());
        std::vector<uint32_t> next(ranks);
        for (uint32_t i = 0; i < ranks; i++)
        {
            next[order[i]] = order[(i + 1) % ranks];
        }
        std::vector<TaskId> sent;     // of the step before, by rank
        std::vector<TaskId> received; // the same, by receiver
        for (uint32_t step = 0; step < m_ring.steps; step++)
        {
            std::vector<TaskId> sends;
            for (uint32_t rank = 0; rank < ranks; rank++)
            {
                const TaskId flow =
                    m_schedule.AddFlow({m_ring.ranks[rank], m_ring.ranks[next[rank]], m_ring.chunkBytes, 0});
                m_schedule.SetGroup(flow, m_group);
                sends.push_back(flow);
                if (step > 0)
                {
                    m_schedule.AddDependency(flow, {received[rank], m_timing.received, m_timing.receiveToSendNs});
                    m_schedule.AddDependency(flow, {sent[rank], TaskEvent::STARTED, m_timing.sendToSendNs});
                }
                else if (!m_begin.empty())
                {
                    m_schedule.AddDependency(flow, {m_begin[rank], TaskEvent::RECEIVED, m_timing.firstSendNs});
                }
                m_schedule.AddDependency(ends[next[rank]], {flow, m_timing.received, m_timing.receiveToEndNs});
            }
            received = sends;
            for (uint32_t rank = 0; rank < ranks; rank++)
            {
                received[next[rank]] = sends[rank];
            }
            sent = std::move(sends);
        }
        for (uint32_t rank = 0; rank < ranks; rank++)
        {
            m_schedule.AddDependency(ends[rank], {sent[rank], m_timing.sent, m_timing.sentToEndNs});
        }
    }

    Schedule& m_schedule;
    const RingCollective& m_ring;
    const CollectiveTiming& m_timing;
    const std::vector<TaskId>& m_begin;
    const uint32_t m_group;
};

} // namespace

CollectiveTiming SimaiTiming(int64_t sendLatencyNs)
{
    constexpr int64_t MEMORY_BUS_NS = 10;
    constexpr int64_t END_NS = 2;           // from the last reception to the next layer
    constexpr int64_t FIRST_PACKET_NS = 21; // its sends are over with their first packet at 400 Gb/s
    CollectiveTiming timing;
    timing.received = TaskEvent::SENT;
    timing.receiveToSendNs = MEMORY_BUS_NS + sendLatencyNs;
    timing.sendToSendNs = MEMORY_BUS_NS;
    timing.firstSendNs = MEMORY_BUS_NS + sendLatencyNs;
    timing.receiveToEndNs = END_NS;
    timing.sent = TaskEvent::STARTED;
    timing.sentToEndNs = END_NS + FIRST_PACKET_NS;
    return timing;
}

RingCollective RingAllReduce(const std::vector<NodeId>& ranks, uint32_t perServer, uint64_t bytes)
{
    const auto count = static_cast<uint32_t>(ranks.size());
    if (count < 2 || perServer == 0 || count % perServer != 0 || bytes == 0)
    {
        throw InputError("a ring all-reduce needs at least two ranks, a number of hosts per server that divides them, "
                         "and at least 1 byte");
    }
    RingCollective ring;
    ring.ranks = ranks;
    ring.steps = 2 * (count - 1);
    const uint64_t parts = uint64_t{count} * perServer;
    ring.chunkBytes = bytes / parts + (bytes % parts != 0);
    for (uint32_t channel = 0; channel < perServer; channel++)
    {
        std::vector<uint32_t> order;
        for (uint32_t i = 0; i < count; i++)
        {
            order.push_back(i / perServer * perServer + (channel + i) % perServer);
        }
        ring.channels.push_back(std::move(order));
    }
    ring.name = ring.kind = "ring all-reduce of " + std::to_string(bytes) + " B";
    return ring;
}

std::vector<TaskId> AddRingCollective(Schedule& schedule,
                                      const RingCollective& ring,
                                      const CollectiveTiming& timing,
                                      const std::vector<TaskId>& begin)
{
    CheckRing(ring, begin.size());
    return RingMaker(schedule, ring, timing, begin).Add();
}

} // namespace ns3::m3
