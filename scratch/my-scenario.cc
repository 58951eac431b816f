// SPDX-License-Identifier: GPL-2.0-only
/**
 * A starter for your own scenario: copy it to another name in this folder and change it.
 *
 *   ./ns3 run my-scenario
 */
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-workload-helper.h"

#include <cstdio>

using namespace ns3;

int main()
{
    try
    {
        m3::LeafSpineShape shape;
        shape.racks = 4;
        shape.hostsPerRack = 8;
        const NodeContainer nodes = m3::FabricHelper::LeafSpine(shape);

        m3::WorkloadHelper workload;
        workload.sizes = "Hadoop";
        workload.flows = 5000;
        const m3::FlowList flows = workload.Generate(nodes);

        m3::M3Estimator estimator(nodes);
        estimator.config.congestionControl = m3::CongestionControlType::DCQCN;
        const m3::SlowdownReport report = estimator.Run("m3", flows);
        std::printf("p99 slowdown %.2f\n", report.OverallQuantile(0.99));
    }
    catch (const m3::InputError& error)
    {
        std::fprintf(stderr, "my-scenario: %s\n", error.what());
        return 1;
    }
    return 0;
}
