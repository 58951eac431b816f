// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-sample-writer.h"

#include "sample-file.h"

#include "config/ideal-fcts-of-run.h"
#include "features/flow-features.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <iterator>

namespace ns3::m3
{

void WriteFlowSamples(const FabricGraph& fabric,
                      const RouteTable& routes,
                      const RdmaConfig& config,
                      const FlowList& flows,
                      const std::vector<MeasuredFlow>& measured,
                      const std::string& description,
                      const std::string& file)
{
    const FluidRun run = RecordFluidRun(fabric, routes, config, flows);
    TrainingSamples samples;
    std::vector<uint32_t> selection;
    for (const MeasuredFlow& of : measured)
    {
        if (of.flow >= flows.size() || (!selection.empty() && of.flow <= selection.back()))
        {
            throw InputError(file,
                             0,
                             "",
                             "is not written: measured flow " + std::to_string(of.flow) +
                                 " is not in the list of flows, or out of order");
        }
        selection.push_back(of.flow);
        samples.sizeBytes.push_back(flows[of.flow].sizeBytes);
        const auto idealNs = static_cast<double>(
            IdealFctUnder(config, fabric, routes, run.fluid.flows[of.flow].links, flows[of.flow].sizeBytes));
        samples.slowdown.push_back(static_cast<float>(of.fctNs / idealNs));
    }
    std::vector<uint64_t> all;
    all.reserve(flows.size());
    std::transform(flows.begin(),
                   flows.end(),
                   std::back_inserter(all),
                   [](const Flow& flow) { return flow.sizeBytes; });
    CountClassFlows(samples, all);
    samples.features = ViewFluid(fabric, routes, config, flows, selection, run);
    samples.origin.SetDescription(description);
    WriteSamples(samples, file);
}

} // namespace ns3::m3
