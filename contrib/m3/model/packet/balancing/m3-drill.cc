// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-drill.h"

#include "ns3/m3-load-balancing.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr uint32_t MAX_DRILL_HOPS = 16; // that are drawn, or remembered

/**
 * DRILL(d, m) (Ghorbani et al., DRILL: Micro Load Balancing for Low-latency Data Center Networks, SIGCOMM 2017, section
 * 3.2): a packet goes by the shortest queue of d next hops that are drawn for it and of m remembered ones; the m
 * shortest of these are remembered for the next packet by the same set of next hops. Of equal queues, the one drawn
 * first is taken.
 */
class Drill : public LoadBalancing
{
  public:
    explicit Drill(const DrillConfig& config)
        : m_config(config)
    {
    }

    uint32_t Choose(const HopChoice& choice, BalancingView& view) override
    {
        if (choice.group >= m_memories.size())
        {
            m_memories.resize(choice.group + 1);
        }
        std::vector<uint32_t>& memory = m_memories[choice.group];
        m_candidates.clear();
        for (uint32_t draw = 0; draw < m_config.samples; draw++)
        {
            Consider(view.Random(choice.node, choice.count), choice, view);
        }
        for (const uint32_t hop : memory)
        {
            Consider(hop, choice, view);
        }
        std::stable_sort(m_candidates.begin(),
                         m_candidates.end(),
                         [](const Candidate& a, const Candidate& b) { return a.bytes < b.bytes; });
        memory.clear();
        for (uint32_t i = 0; i < std::min<std::size_t>(m_config.memory, m_candidates.size()); i++)
        {
            memory.push_back(m_candidates[i].hop);
        }
        return m_candidates.front().hop;
    }

  private:
    struct Candidate
    {
        uint32_t hop;   //!< place in HopChoice::links
        uint64_t bytes; //!< its queue
    };

    void Consider(uint32_t hop, const HopChoice& choice, const BalancingView& view)
    {
        const auto isHop = [hop](const Candidate& one) { return one.hop == hop; };
        if (std::none_of(m_candidates.begin(), m_candidates.end(), isHop))
        {
            m_candidates.push_back({hop, view.BacklogBytes(choice.links[hop])});
        }
    }

    const DrillConfig m_config;
    std::vector<std::vector<uint32_t>> m_memories; //!< by set of next hops
    std::vector<Candidate> m_candidates;           //!< of the packet
};

} // namespace

const ParameterTable& DrillParameters()
{
    static const ParameterTable table = {
        Parameter("drill-samples",
                  "DrillSamples",
                  "samples of DRILL",
                  ParameterKind::COUNT,
                  &DrillConfig::samples,
                  "d of DRILL(d, m): next hops that are drawn for each packet, with --load-balancing=drill")
            .Within(1, MAX_DRILL_HOPS, "DRILL must draw 1 to 16 next hops")
            .Seen(SeenBy::OWN_TRAIT),
        Parameter("drill-memory",
                  "DrillMemory",
                  "memory of DRILL",
                  ParameterKind::COUNT,
                  &DrillConfig::memory,
                  "m of DRILL(d, m): next hops with the shortest queues that are remembered")
            .Within(0, MAX_DRILL_HOPS, "DRILL must remember 0 to 16 next hops")
            .Seen(SeenBy::OWN_TRAIT),
    };
    return table;
}

LoadBalancingDescription DrillBalancing()
{
    LoadBalancingDescription balancing;
    balancing.type = LoadBalancingType::DRILL;
    balancing.name = "drill";
    balancing.make = [](const RdmaConfig& config) { return std::make_unique<Drill>(config.Of<DrillConfig>()); };
    balancing.parameters = {&DrillParameters()};
    balancing.sharesEvenly = true;
    return balancing;
}

} // namespace ns3::m3
