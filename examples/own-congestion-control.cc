/**
 * A congestion control of one's own: a class, one registration, and a run by packets beside DCTCP, with a trace source.
 * This one is AIMD on ECN marks: once per window it halves the rate if a mark came back, else it adds a step.
 *
 *   ./ns3 run own-congestion-control
 */
#include "ns3/congestion-control.h"
#include "ns3/fabric-helper.h"
#include "ns3/input-error.h"
#include "ns3/m3-estimator.h"
#include "ns3/rdma-network.h"
#include "ns3/string.h"
#include "ns3/workload-helper.h"

#include <algorithm>
#include <cstdio>

using namespace ns3;
using namespace ns3::m3;

namespace
{

class Aimd : public CongestionControl
{
  public:
    explicit Aimd(const RdmaConfig& config)
        : m_minRate(*config.minRateBps)
    {
    }

    void OnAck(SenderControl& sender, const AckInfo& ack) override
    {
        m_marked |= ack.echo;
        if (ack.seq < m_windowEnd)
        {
            return;
        }
        const uint64_t step = sender.RateCap() / 20;
        sender.SetRate(m_marked ? std::max(m_minRate, sender.Rate() / 2)
                                : std::min(sender.RateCap(), sender.Rate() + step));
        m_marked = false;
        m_windowEnd = sender.NextToSend();
    }

  private:
    uint64_t m_minRate;
    uint64_t m_windowEnd = 0; //!< first byte of the next window
    bool m_marked = false;
};

uint64_t g_rateChanges = 0;

void CountRateChange(uint32_t /*flow*/, DataRate /*rate*/, uint64_t /*windowBytes*/)
{
    g_rateChanges++;
}

} // namespace

int main()
{
    try
    {
        RegisterCongestionControl("aimd",
                                  [](const RdmaConfig& config, uint64_t) { return std::make_unique<Aimd>(config); });
        const NodeContainer nodes = FabricHelper::LeafSpine({});
        WorkloadHelper workload;
        workload.sizes = "WebSearch";
        workload.flows = 1000;
        const FlowList flows = workload.Generate(nodes);

        std::printf("control  p50    p99 slowdown\n");
        for (const char* control : {"dctcp", "aimd"})
        {
            M3Estimator estimator(nodes);
            estimator.config.congestionControl = ParseCongestionControl(control);
            const SlowdownReport report = estimator.Run(Engine::PACKET, flows);
            std::printf("%-7s %5.2f %6.2f\n", control, report.OverallQuantile(0.5), report.OverallQuantile(0.99));
        }
        // the same run as an ns-3 object, whose trace sources tell what happens
        auto network = CreateObject<RdmaNetwork>();
        network->SetAttribute("CongestionControl", StringValue("aimd"));
        network->SetNodes(nodes);
        network->TraceConnectWithoutContext("Rate", MakeCallback(&CountRateChange));
        const PacketResult result = network->Run(flows);
        std::printf("aimd changed rates %llu times, switches marked %llu packets\n",
                    static_cast<unsigned long long>(g_rateChanges),
                    static_cast<unsigned long long>(result.ecnMarks));
    }
    catch (const InputError& error)
    {
        std::fprintf(stderr, "own-congestion-control: %s\n", error.what());
        return 1;
    }
    return 0;
}
