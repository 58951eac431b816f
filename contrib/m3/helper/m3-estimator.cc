// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-estimator.h"

#include "fabric/fabric-from-nodes.h"
#include "ns3/m3-scenario.h"

#include <memory>
#include <utility>

namespace ns3::m3
{

M3Estimator::M3Estimator(const NodeContainer& nodes)
    : M3Estimator(ReadFabric(nodes))
{
}

M3Estimator::M3Estimator(FabricGraph fabric)
    : m_fabric(std::move(fabric))
{
}

void M3Estimator::Set(const std::string& option, const std::string& text)
{
    m_engines.Set(option, text);
}

void M3Estimator::Prepare(const std::string& engine, const FlowList& flows)
{
    m_engines.Get(engine).Prepare(Scenario(m_fabric, config, flows), *this);
}

SlowdownReport M3Estimator::Run(const std::string& engine, const FlowList& flows)
{
    return m_engines.Get(engine).Run(Scenario(m_fabric, config, flows), *this);
}

void M3Estimator::RunConfigurations(const std::string& engine,
                                    const FlowList& flows,
                                    const std::vector<RdmaConfig>& configs,
                                    const std::function<void(std::size_t index, const SlowdownReport& report)>& done)
{
    std::vector<std::unique_ptr<const Scenario>> scenarios;
    std::vector<const Scenario*> pointers;
    for (const RdmaConfig& one : configs)
    {
        scenarios.push_back(std::make_unique<const Scenario>(m_fabric, one, flows));
        pointers.push_back(scenarios.back().get());
    }
    RunScenarios(engine, pointers, done);
}

void M3Estimator::RunScenarios(const std::string& engine,
                               const std::vector<const Scenario*>& scenarios,
                               const std::function<void(std::size_t index, const SlowdownReport& report)>& done)
{
    m_engines.Get(engine).RunEach(scenarios, *this, done);
}

std::vector<CompletionTime> M3Estimator::RunPerFlow(const std::string& engine, const FlowList& flows)
{
    return m_engines.Get(engine).RunPerFlow(Scenario(m_fabric, config, flows), *this);
}

void M3Estimator::PrepareSchedule(const std::string& engine, const Schedule& schedule)
{
    m_engines.Get(engine).Prepare(Scenario(m_fabric, config, schedule), *this);
}

SlowdownReport M3Estimator::RunSchedule(const std::string& engine, const Schedule& schedule)
{
    return m_engines.Get(engine).Run(Scenario(m_fabric, config, schedule), *this);
}

std::vector<CompletionTime> M3Estimator::RunSchedulePerFlow(const std::string& engine, const Schedule& schedule)
{
    return m_engines.Get(engine).RunPerFlow(Scenario(m_fabric, config, schedule), *this);
}

} // namespace ns3::m3
