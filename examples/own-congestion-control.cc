// SPDX-License-Identifier: GPL-2.0-only
/**
 * A congestion control of one's own, and a model for it. The control is a class and one registration; this one is AIMD
 * on ECN marks: once per window it halves the rate if a mark came back, else it adds a step. It runs in the packet
 * engine beside DCTCP; samples of it (folder aimd) train a model, and then the m3 engine estimates it:
 *
 *   ./ns3 run own-congestion-control
 *   ./ns3 run "own-congestion-control --scenarios=100"
 *   ./ns3 run "m3-train --data=aimd --from=contrib/m3/models/flow-model.pt --checkpoint=aimd.pt --epochs=2 --rate=5e-4"
 *   ./ns3 run "own-congestion-control --checkpoint=aimd.pt"
 */
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-fabric-helper.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/m3-output-paths.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-report-writer.h"
#include "ns3/m3-sample-writer.h"
#include "ns3/m3-scenario-space.h"
#include "ns3/m3-workload-helper.h"

#include <algorithm>
#include <iostream>

using namespace ns3;
using namespace ns3::m3;

namespace
{

class Aimd : public CongestionControl
{
  public:
    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        m_marked |= ack.echo;
        if (ack.seq >= m_windowEnd)
        {
            const uint64_t rate = m_marked ? sender.Rate() / 2 : sender.Rate() + sender.RateCap() / 20;
            sender.SetRate(std::clamp(rate, sender.RateCap() / 100, sender.RateCap()));
            m_marked = false;
            m_windowEnd = sender.NextToSend();
        }
    }

  private:
    uint64_t m_windowEnd = 0; //!< first byte of the next window
    bool m_marked = false;
};

/// Runs a network of the training space under a control and keeps what a model learns from, up to 1000 flows.
void WriteSample(uint64_t index, CongestionControlType control)
{
    MakeFolder("aimd");
    TrainingScenario scenario = DrawScenario(1, index, 1e6);
    scenario.config.congestionControl = control;
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    const RdmaConfig config = scenario.config.Resolve(scenario.fabric, routes);
    const PacketResult packets = RunPacketSimulation(scenario.fabric, config, scenario.flows);
    std::vector<MeasuredFlow> measured;
    for (uint32_t flow = 0; flow < scenario.flows.size() && measured.size() < 1000; flow++)
    {
        if (packets.flows[flow].unfinished == Unfinished::NO)
        {
            measured.push_back({flow, static_cast<double>(packets.flows[flow].receiverFctNs)});
        }
    }
    WriteFlowSamples(scenario.fabric,
                     routes,
                     config,
                     scenario.flows,
                     measured,
                     scenario.description,
                     "aimd/" + std::to_string(index) + ".m3s");
}

} // namespace

int main(int argc, char* argv[])
{
    uint32_t scenarios = 0;
    std::string checkpoint;
    ProgramOptions options("A user-defined congestion control.");
    options.Add("scenarios", "number of networks to make training samples from", scenarios, CountOption());
    options.Add("checkpoint", "model checkpoint trained on them", checkpoint, "FILE");
    try
    {
        if (!ParseArguments(options, argc, argv))
        {
            return 0;
        }
        const CongestionControlType aimd =
            RegisterCongestionControl("aimd", [](const RdmaConfig&, uint64_t) { return std::make_unique<Aimd>(); });
        for (uint32_t i = 0; i < scenarios; i++)
        {
            WriteSample(i, aimd);
        }
        const NodeContainer nodes = FabricHelper::LeafSpine({});
        const FlowList flows = WorkloadHelper().Generate(nodes);
        M3Estimator estimator(nodes);
        const double dctcp = estimator.Run("packet", flows).OverallQuantile(0.99);
        estimator.config.congestionControl = aimd;
        std::vector<SlowdownReport> reports{estimator.Run("packet", flows)};
        if (!checkpoint.empty())
        {
            estimator.Set("checkpoint", checkpoint);
            reports.push_back(estimator.Run("m3", flows));
        }
        PrintComparison(reports, std::cout);
        std::printf("packet-level p99 of all flows under DCTCP: %.2f\n", dctcp);
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "own-congestion-control: %s\n", error.what());
        return 1;
    }
    return 0;
}
