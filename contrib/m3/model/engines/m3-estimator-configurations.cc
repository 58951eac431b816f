// SPDX-License-Identifier: GPL-2.0-only
// M3Estimator: several configurations of one workload.
#include "m3-estimator-work.h"
#include "ns3/m3-estimator.h"

#include <memory>
#include <utility>

namespace ns3::m3
{

void M3Estimator::RunConfigurations(const FlowList& flows,
                                    const std::vector<RdmaConfig>& configs,
                                    const std::function<void(std::size_t index, const SlowdownReport& report)>& done)
{
    const RdmaConfig before = config;
    std::vector<std::unique_ptr<Work>> works;
    std::size_t next = 0; // to be estimated
    std::size_t finished = 0;
    const auto begin = std::chrono::steady_clock::now();
    const auto finish = [&](std::size_t index, SlowdownReport&& report)
    {
        config = configs[index];
        AddScenarioNotes(Engine::M3, flows, report);
        report.wallSeconds = SecondsSince(begin) / static_cast<double>(++finished);
        done(index, report);
    };
    try
    {
        for (const RdmaConfig& one : configs)
        {
            config = one;
            if (works.empty())
            {
                Prepare(Engine::M3, flows);
            }
            works.push_back(std::make_unique<Work>(m_fabric, config, flows, ScopeOf(flows.size())));
            CheckConfig(works.back()->routes);
            LoadModel(works.back()->scope);
        }
        while (next < configs.size())
        {
            config = configs[next];
            Work& first = *works[next];
            if (first.scope != Scope::NETWORK)
            {
                finish(next, Estimate(first));
                next++;
                continue;
            }
            first.fluid = RunFluidOf(first.routes, flows);
            std::vector<EstimateInput> inputs;
            std::vector<FlowSelection> networks;
            inputs.reserve(configs.size()); // selections refer to them
            const std::size_t from = next;
            for (; next < configs.size() && configs[next].HeaderBytes() == config.HeaderBytes() &&
                   configs[next].mode == config.mode;
                 next++)
            {
                inputs.push_back(InputOf(*works[next]));
                networks.push_back({inputs.back(), *first.fluid, {}});
            }
            EstimateNetworks(std::move(networks),
                             flowsPerClass,
                             inputs.front().threads,
                             *m_model,
                             EmptyReport(flows),
                             [&](std::size_t network, SlowdownReport& report)
                             {
                                 FinishEstimate(configs[from + network], m_model.get(), report);
                                 finish(from + network, std::move(report));
                             });
            first.fluid.reset();
        }
    }
    catch (...)
    {
        config = before;
        throw;
    }
    config = before;
}

} // namespace ns3::m3
