// SPDX-License-Identifier: GPL-2.0-only
// Who sends what to whom in the collectives, one function per type.
#include "collective-patterns.h"

#include <algorithm>
#include <utility>

namespace ns3::m3
{

namespace
{

using Sends = std::vector<PatternSend>;
using Ranks = std::vector<uint32_t>;

uint64_t Part(uint64_t bytes, uint64_t parts)
{
    return bytes / parts + (bytes % parts != 0);
}

/// The order of a ring: a channel begins at a host of its own in each server.
Ranks RingOrder(uint32_t ranks, uint32_t perServer, uint32_t channel)
{
    Ranks order;
    for (uint32_t i = 0; i < ranks; i++)
    {
        order.push_back(i / perServer * perServer + (channel + i) % perServer);
    }
    return order;
}

/// Adds steps in which ranks send on what they have received in the step before.
class StepMaker
{
  public:
    StepMaker(Sends& sends, uint32_t ranks)
        : m_sends(sends),
          m_received(ranks),
          m_sent(ranks, PatternSend::NONE)
    {
    }

    void Steps(const Ranks& order, uint32_t steps, uint64_t bytes)
    {
        std::vector<std::pair<uint32_t, uint32_t>> pairs; // of neighbours, in the order of the senders
        for (std::size_t i = 0; i < order.size(); i++)
        {
            pairs.emplace_back(order[i], order[(i + 1) % order.size()]);
        }
        std::sort(pairs.begin(), pairs.end());
        for (uint32_t step = 0; step < steps; step++)
        {
            std::vector<uint32_t> sends;
            for (const auto& [from, to] : pairs)
            {
                sends.push_back(Send(from, to, bytes));
            }
            for (std::size_t i = 0; i < pairs.size(); i++)
            {
                Receive(pairs[i].second, {sends[i]});
            }
        }
    }

    /// Adds a send that waits for what its sender has received. \return its place
    uint32_t Send(uint32_t from, uint32_t to, uint64_t bytes)
    {
        m_sends.push_back({from, to, bytes, m_received[from], m_sent[from]});
        m_sent[from] = static_cast<uint32_t>(m_sends.size() - 1);
        return m_sent[from];
    }

    void Receive(uint32_t rank, const std::vector<uint32_t>& sends)
    {
        m_received[rank] = sends;
    }

  private:
    Sends& m_sends;
    std::vector<std::vector<uint32_t>> m_received; //!< by rank
    std::vector<uint32_t> m_sent;                  //!< by rank
};

Sends Broadcast(const Ranks& order, uint64_t bytes)
{
    Sends sends;
    for (uint32_t i = 0; i + 1 < order.size(); i++)
    {
        sends.push_back({order[i], order[i + 1], bytes, {}, PatternSend::NONE});
        if (i > 0)
        {
            sends.back().after = {i - 1};
        }
    }
    return sends;
}

/// Up a binary tree whose node i has the children 2 i + 1 and 2 i + 2, and down again.
Sends Tree(uint32_t ranks, uint64_t bytes, bool isReversed)
{
    const auto rankOf = [&](uint32_t node) { return isReversed ? ranks - 1 - node : node; };
    Sends sends;
    std::vector<std::vector<uint32_t>> received(ranks); // by node: what it has of its children
    for (uint32_t node = ranks - 1; node > 0; node--)
    {
        const uint32_t parent = (node - 1) / 2;
        sends.push_back({rankOf(node), rankOf(parent), bytes, received[node], PatternSend::NONE});
        received[parent].push_back(static_cast<uint32_t>(sends.size() - 1));
    }
    for (uint32_t node = 1; node < ranks; node++)
    {
        const uint32_t parent = (node - 1) / 2;
        sends.push_back({rankOf(parent), rankOf(node), bytes, received[parent], PatternSend::NONE});
        received[node] = {static_cast<uint32_t>(sends.size() - 1)};
    }
    return sends;
}

Sends HalvingDoubling(uint32_t ranks, uint64_t bytes)
{
    Sends sends;
    StepMaker all(sends, ranks);
    const auto exchange = [&](uint32_t distance, uint64_t part)
    {
        std::vector<uint32_t> to(ranks);
        for (uint32_t rank = 0; rank < ranks; rank++)
        {
            to[rank ^ distance] = all.Send(rank, rank ^ distance, part);
        }
        for (uint32_t rank = 0; rank < ranks; rank++)
        {
            all.Receive(rank, {to[rank]});
        }
    };
    for (uint32_t distance = ranks / 2; distance > 0; distance /= 2)
    {
        exchange(distance, Part(bytes, ranks / distance));
    }
    for (uint32_t distance = 1; distance < ranks; distance *= 2)
    {
        exchange(distance, Part(bytes, ranks / distance));
    }
    return sends;
}

Sends AllToAll(uint32_t ranks, uint64_t bytes)
{
    Sends sends;
    for (uint32_t shift = 1; shift < ranks; shift++)
    {
        for (uint32_t rank = 0; rank < ranks; rank++)
        {
            sends.push_back({rank, (rank + shift) % ranks, Part(bytes, ranks), {}, PatternSend::NONE});
        }
    }
    return sends;
}

/// Rings in servers, then across, then in servers.
Sends Hierarchical(uint32_t ranks, uint32_t perServer, uint64_t bytes, uint32_t channel)
{
    const uint32_t servers = ranks / perServer;
    Sends sends;
    StepMaker ring(sends, ranks);
    const auto inServers = [&]
    {
        for (uint32_t server = 0; server < servers && perServer > 1; server++)
        {
            Ranks order;
            for (uint32_t i = 0; i < perServer; i++)
            {
                order.push_back(server * perServer + (channel + i) % perServer);
            }
            ring.Steps(order, perServer - 1, Part(bytes, perServer));
        }
    };
    inServers();
    for (uint32_t local = 0; local < perServer && servers > 1; local++)
    {
        Ranks order;
        for (uint32_t server = 0; server < servers; server++)
        {
            order.push_back(server * perServer + local);
        }
        ring.Steps(order, 2 * (servers - 1), Part(bytes, ranks));
    }
    inServers();
    return sends;
}

} // namespace

std::vector<PatternSend> PatternOf(const CollectivePlan& plan, uint32_t ranks, uint64_t bytes, uint32_t channel)
{
    const Ranks order = RingOrder(ranks, plan.perServer, channel);
    const auto ring = [&](uint32_t rounds)
    {
        Sends sends;
        StepMaker(sends, ranks).Steps(order, rounds * (ranks - 1), Part(bytes, ranks));
        return sends;
    };
    switch (plan.type)
    {
    case CollectiveType::RING_ALL_REDUCE:
        return ring(2);
    case CollectiveType::REDUCE_SCATTER:
    case CollectiveType::ALL_GATHER:
        return ring(1);
    case CollectiveType::BROADCAST:
        return Broadcast(order, bytes);
    case CollectiveType::TREE_ALL_REDUCE:
        return Tree(ranks, bytes, channel % 2 == 1);
    case CollectiveType::HALVING_DOUBLING:
        return HalvingDoubling(ranks, bytes);
    case CollectiveType::ALL_TO_ALL:
        return AllToAll(ranks, bytes);
    case CollectiveType::HIERARCHICAL:
        return Hierarchical(ranks, plan.perServer, bytes, channel);
    }
    return {};
}

} // namespace ns3::m3
