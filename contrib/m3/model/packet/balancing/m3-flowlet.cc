// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-flowlet.h"

#include "ns3/m3-load-balancing.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <unordered_map>

namespace ns3::m3
{

namespace
{

/**
 * LetFlow (Vanini et al., Let It Flow: Resilient Asymmetric Load Balancing with Flowlet Switching, NSDI 2017): at each
 * switch, a packet that comes more than a gap after the last one of its flow begins a flowlet, which takes any of the
 * next hops with the same probability; all others go where that one went. The table has an entry for each flow, so that
 * flows do not collide in it.
 */
class Flowlets : public LoadBalancing
{
  public:
    explicit Flowlets(int64_t gapNs)
        : m_gapNs(gapNs)
    {
    }

    uint32_t Choose(const HopChoice& choice, BalancingView& view) override
    {
        if (m_flowlets.size() >= m_sweepAt)
        {
            Sweep(choice.nowNs);
        }
        Flowlet& flowlet = m_flowlets[uint64_t{choice.node} << 32 | choice.flow];
        const LinkId* const end = choice.links + choice.count;
        const LinkId* hop = std::find(choice.links, end, flowlet.link);
        if (flowlet.lastNs < 0 || choice.nowNs - flowlet.lastNs > m_gapNs || hop == end)
        {
            hop = choice.links + view.Random(choice.node, choice.count);
        }
        flowlet = {choice.nowNs, *hop};
        return static_cast<uint32_t>(hop - choice.links);
    }

  private:
    struct Flowlet
    {
        int64_t lastNs = -1; //!< when its last packet came; -1: there was none
        LinkId link = 0;     //!< where it went
    };

    /// Forgets flowlets that have ended.
    void Sweep(int64_t nowNs)
    {
        for (auto one = m_flowlets.begin(); one != m_flowlets.end();)
        {
            one = nowNs - one->second.lastNs > m_gapNs ? m_flowlets.erase(one) : std::next(one);
        }
        m_sweepAt = std::max(MIN_SWEEP, 2 * m_flowlets.size());
    }

    static constexpr std::size_t MIN_SWEEP = 4096;

    const int64_t m_gapNs;
    std::unordered_map<uint64_t, Flowlet> m_flowlets; //!< by switch and flow
    std::size_t m_sweepAt = MIN_SWEEP;                //!< so many that a sweep pays
};

} // namespace

const ParameterTable& FlowletParameters()
{
    static const ParameterTable table = {
        Parameter("flowlet-gap",
                  "FlowletGap",
                  "flowlet gap",
                  ParameterKind::TIME,
                  &FlowletConfig::gapNs,
                  "pause of a flow at a switch after which its next packet may take another path, with "
                  "--load-balancing=flowlet")
            .Within(1, 1e12, "the flowlet gap must be from 1 ns to 1000 s")
            .Seen(SeenBy::OWN_TRAIT),
    };
    return table;
}

LoadBalancingDescription FlowletBalancing()
{
    LoadBalancingDescription balancing;
    balancing.type = LoadBalancingType::FLOWLET;
    balancing.name = "flowlet";
    balancing.make = [](const RdmaConfig& config)
    { return std::make_unique<Flowlets>(config.Of<FlowletConfig>().gapNs); };
    balancing.parameters = {&FlowletParameters()};
    balancing.keepsOrder = true;
    return balancing;
}

} // namespace ns3::m3
