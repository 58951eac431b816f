// SPDX-License-Identifier: GPL-2.0-only
/**
 * A stock ns-3 script, PointToPoint devices and BulkSend applications on a dumbbell, that gets an estimate in three
 * lines (marked): rates, delays and transfers are read from the devices, channels and applications themselves. The
 * flows run as transfers of this module under DCTCP on its own routes; ns-3's TCP and routing take no part.
 *
 *   ./ns3 run stock-point-to-point
 */
#include "ns3/bulk-send-helper.h"
#include "ns3/inet-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-address-helper.h"
#include "ns3/m3-estimator.h"
#include "ns3/m3-flows-from-applications.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-ns3-arguments.h"
#include "ns3/packet-sink-helper.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/random-variable-stream.h"
#include "ns3/simulator.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <cstdio>

using namespace ns3;

int main(int argc, char* argv[])
{
    std::string engine = "m3";
    m3::ProgramOptions options("A stock dumbbell of PointToPoint devices and BulkSend applications, by one engine.");
    options.Add("engine", m3::EngineNames(), engine, "NAME");
    try
    {
        if (!m3::ParseArguments(options, argc, argv))
        {
            return 0;
        }
    }
    catch (const m3::InputError& error)
    {
        std::fprintf(stderr, "stock-point-to-point: %s\n", error.what());
        return 1;
    }

    constexpr uint32_t HOSTS_PER_SIDE = 4;
    constexpr uint32_t FLOWS = 1000;
    constexpr uint16_t PORT = 9;
    NodeContainer nodes;
    nodes.Create(2 * HOSTS_PER_SIDE + 2);
    PointToPointHelper access;
    access.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
    access.SetChannelAttribute("Delay", StringValue("1us"));
    PointToPointHelper core;
    core.SetDeviceAttribute("DataRate", StringValue("40Gbps"));
    core.SetChannelAttribute("Delay", StringValue("2us"));
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
    std::vector<Ipv4Address> addressOf;
    const uint32_t left = 2 * HOSTS_PER_SIDE;
    for (uint32_t host = 0; host < 2 * HOSTS_PER_SIDE; host++)
    {
        const NetDeviceContainer link =
            access.Install(nodes.Get(host), nodes.Get(host < HOSTS_PER_SIDE ? left : left + 1));
        addressOf.push_back(addresses.Assign(link).GetAddress(0));
        addresses.NewNetwork();
        PacketSinkHelper("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), PORT))
            .Install(nodes.Get(host));
    }
    addresses.Assign(core.Install(nodes.Get(left), nodes.Get(left + 1)));

    auto random = CreateObject<UniformRandomVariable>();
    for (uint32_t flow = 0; flow < FLOWS; flow++)
    {
        const uint32_t src = random->GetInteger(0, HOSTS_PER_SIDE - 1);
        const uint32_t dst = random->GetInteger(HOSTS_PER_SIDE, 2 * HOSTS_PER_SIDE - 1);
        BulkSendHelper transfer("ns3::TcpSocketFactory", InetSocketAddress(addressOf[dst], PORT));
        transfer.SetAttribute("MaxBytes", UintegerValue(random->GetInteger(1000, 100'000)));
        transfer.Install(nodes.Get(src)).Start(MicroSeconds(20 * flow));
    }

    try
    {
        m3::M3Estimator estimator(nodes);                                 // added
        const auto report = estimator.Run(engine, m3::ReadFlows(nodes));  // added
        std::printf("p99 slowdown %.2f\n", report.OverallQuantile(0.99)); // added
    }
    catch (const m3::InputError& error)
    {
        std::fprintf(stderr, "stock-point-to-point: %s\n", error.what());
        return 1;
    }
    Simulator::Destroy();
    return 0;
}
