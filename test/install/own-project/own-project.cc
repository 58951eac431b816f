// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-module.h"

#include <iostream>
#include <string>

int main(int argc, char* argv[])
{
    const ns3::NodeContainer nodes = ns3::m3::FabricHelper::LeafSpine({});
    ns3::m3::WorkloadHelper workload;
    workload.flows = 2000;
    ns3::m3::M3Estimator estimator(nodes);
    const std::string engine = argc > 1 ? argv[1] : "m3";
    std::cout << estimator.Run(engine, workload.Generate(nodes)).OverallQuantile(0.99) << '\n';
}
