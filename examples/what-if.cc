// SPDX-License-Identifier: GPL-2.0-only
/**
 * What if: which DCTCP marking threshold serves short flows, and what does it cost the long ones? The same flows under
 * six thresholds; flowSim runs once, the model answers for each. The program m3-sweep does this for any option.
 *
 *   ./ns3 run what-if
 */
#include "ns3/m3-dctcp.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>

using namespace ns3;
using namespace ns3::m3;

int main()
{
    try
    {
        const NodeContainer nodes = FabricHelper::ThreeTier({});
        WorkloadHelper workload;
        workload.sizes = "WebSearch";
        workload.load = 0.6;
        workload.flows = 20000;
        const FlowList flows = workload.Generate(nodes);

        M3Estimator estimator(nodes);
        estimator.keepFluidRun = true; // the threshold changes nothing in flowSim
        estimator.sizeClasses = SizeClasses::Parse("0,100000,1000000");
        std::printf("K in KB   p99 slowdown up to 100 KB   up to 1 MB   above\n");
        for (const uint64_t kilobytes : {5, 10, 15, 20, 25, 30})
        {
            estimator.config.Of<DctcpConfig>().kBytes = kilobytes * 1000;
            const SlowdownReport report = estimator.Run("m3", flows);
            std::printf("%7llu %27.2f %12.2f %7.2f\n",
                        static_cast<unsigned long long>(kilobytes),
                        report.ClassQuantile(0, 0.99),
                        report.ClassQuantile(1, 0.99),
                        report.ClassQuantile(2, 0.99));
        }
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "what-if: %s\n", error.what());
        return 1;
    }
    return 0;
}
