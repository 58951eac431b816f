// SPDX-License-Identifier: GPL-2.0-only
#include "flow-samples.h"

#include "features/flow-features.h"
#include "features/path-features.h"
#include "flowsim/fabric-flow-sim.h"

#include <vector>

namespace ns3::m3
{

TrainingSamples FlowSamplesOf(const PacketTruth& truth, uint32_t paths, uint32_t maxFlows, uint64_t seed)
{
    const TrainingScenario& scenario = truth.scenario;
    TrainingSamples samples;
    std::vector<uint32_t> kept;
    if (paths == 0)
    {
        kept = SelectFlows(scenario.flows, truth.usable, maxFlows, seed);
        const FluidRun run = RecordFluidRun(
            MakeFabricFluid(scenario.fabric, truth.routes, scenario.flows, truth.config.Format(), truth.RouteKeys()));
        samples.features = ViewFluid(scenario.fabric, truth.routes, truth.config, scenario.flows, kept, run);
    }
    else
    {
        const PathViewer viewer(scenario.fabric, truth.routes, truth.config, scenario.flows, {paths, seed});
        for (uint32_t path = 0; path < viewer.Index().PathCount(); path++)
        {
            const std::vector<uint32_t>& foreground = viewer.Index().ForegroundFlows(path);
            if (truth.Usable(foreground))
            {
                Append(samples.features, viewer.View(path, foreground));
                kept.insert(kept.end(), foreground.begin(), foreground.end());
            }
        }
    }
    for (uint32_t id : kept)
    {
        samples.slowdown.push_back(static_cast<float>(truth.slowdown[id]));
        samples.sizeBytes.push_back(scenario.flows[id].sizeBytes);
    }
    samples.scope = paths == 0 ? Scope::NETWORK : Scope::PATHS;
    if (samples.scope == Scope::NETWORK)
    {
        std::vector<uint64_t> usable;
        for (uint32_t id = 0; id < scenario.flows.size(); id++)
        {
            if (truth.usable[id])
            {
                usable.push_back(scenario.flows[id].sizeBytes);
            }
        }
        CountClassFlows(samples, usable);
    }
    return samples;
}

} // namespace ns3::m3
