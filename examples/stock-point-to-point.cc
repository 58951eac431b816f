/**
 * A network of stock ns-3 PointToPoint devices: a dumbbell with four hosts a side, and what its flows will experience
 * at several loads. The estimator reads rates and delays from the devices and channels themselves.
 *
 *   ./ns3 run stock-point-to-point
 */
#include "ns3/command-line.h"
#include "ns3/input-error.h"
#include "ns3/m3-estimator.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/string.h"
#include "ns3/workload-helper.h"

#include <cstdio>

using namespace ns3;

int main(int argc, char* argv[])
{
    std::string engine = "m3";
    CommandLine cmd(__FILE__);
    cmd.AddValue("engine", "packet, flowsim or m3", engine);
    cmd.Parse(argc, argv);

    constexpr uint32_t HOSTS_PER_SIDE = 4;
    NodeContainer nodes;
    nodes.Create(2 * HOSTS_PER_SIDE + 2);
    PointToPointHelper access;
    access.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
    access.SetChannelAttribute("Delay", StringValue("1us"));
    PointToPointHelper core;
    core.SetDeviceAttribute("DataRate", StringValue("40Gbps"));
    core.SetChannelAttribute("Delay", StringValue("2us"));
    const uint32_t left = 2 * HOSTS_PER_SIDE;
    for (uint32_t host = 0; host < 2 * HOSTS_PER_SIDE; host++)
    {
        access.Install(nodes.Get(host), nodes.Get(host < HOSTS_PER_SIDE ? left : left + 1));
    }
    core.Install(nodes.Get(left), nodes.Get(left + 1));

    try
    {
        m3::M3Estimator estimator(nodes);
        m3::WorkloadHelper workload;
        workload.sizes = "WebSearch";
        workload.flows = 2000;
        std::printf("load   p50    p99 slowdown\n");
        for (const double load : {0.2, 0.4, 0.6, 0.8})
        {
            workload.load = load;
            const auto report = estimator.Run(m3::ParseEngine(engine), workload.Generate(nodes));
            std::printf("%.1f %6.2f %6.2f\n", load, report.OverallQuantile(0.5), report.OverallQuantile(0.99));
        }
    }
    catch (const m3::InputError& error)
    {
        std::fprintf(stderr, "stock-point-to-point: %s\n", error.what());
        return 1;
    }
    return 0;
}
