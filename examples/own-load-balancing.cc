// SPDX-License-Identifier: GPL-2.0-only
/**
 * A load balancing of one's own: a class and one registration. This one sends the packets that come to a switch round
 * its next hops in turn, which spreads them more evenly than chance does. It runs in the packet engine beside ECMP and
 * random spraying, with selective repeat, since packets overtake each other.
 *
 *   ./ns3 run own-load-balancing
 *   ./ns3 run "own-load-balancing --load=0.8"
 */
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-load-balancing.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>
#include <vector>

using namespace ns3;
using namespace ns3::m3;

namespace
{

class InTurn : public LoadBalancing
{
  public:
    uint32_t Choose(const HopChoice& choice, BalancingView& /*view*/) override
    {
        if (choice.group >= m_next.size())
        {
            m_next.resize(choice.group + 1);
        }
        return m_next[choice.group]++ % choice.count;
    }

  private:
    std::vector<uint32_t> m_next; //!< by set of next hops
};

} // namespace

int main(int argc, char* argv[])
{
    double load = 0.6;
    ProgramOptions options("A user-defined load balancing.");
    options.Add("load", "load of the busiest link", load, RealOption());
    try
    {
        if (!ParseArguments(options, argc, argv))
        {
            return 0;
        }
        const LoadBalancingType inTurn =
            RegisterLoadBalancing("in-turn", [](const RdmaConfig&) { return std::make_unique<InTurn>(); });
        const NodeContainer nodes = FabricHelper::LeafSpine({});
        WorkloadHelper workload;
        workload.load = load;
        const FlowList flows = workload.Generate(nodes);
        M3Estimator estimator(nodes);
        estimator.config.recovery = RecoveryType::SELECTIVE_REPEAT;
        for (const LoadBalancingType type : {LoadBalancingType::ECMP, LoadBalancingType::SPRAY, inTurn})
        {
            estimator.config.loadBalancing = type;
            const SlowdownReport report = estimator.Run("packet", flows);
            std::printf("%-8s p50 %5.2f  p99 %6.2f\n",
                        LoadBalancingOf(type).name.c_str(),
                        report.OverallQuantile(0.5),
                        report.OverallQuantile(0.99));
        }
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "own-load-balancing: %s\n", error.what());
        return 1;
    }
    return 0;
}
