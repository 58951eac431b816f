// SPDX-License-Identifier: GPL-2.0-only
#include "stock-parts.h"

#include "ns3/application.h"
#include "ns3/error-model.h"
#include "ns3/m3-input-error.h"
#include "ns3/nstime.h"
#include "ns3/pointer.h"
#include "ns3/queue-size.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ns3::m3
{

namespace
{

constexpr uint16_t DEFAULT_MTU = 1500; //!< of stock point-to-point devices
constexpr std::string_view THIS_MODULE = "ns3::m3::";

/// Applications that only receive, or answer what is sent to them.
constexpr std::array<std::string_view, 3> RECEIVERS = {"ns3::PacketSink", "ns3::UdpServer", "ns3::UdpEchoServer"};

/// "ns3::A (3), ns3::B (1)"
std::string CountsText(const std::map<std::string, uint32_t>& counts)
{
    std::string text;
    for (const auto& [name, count] : counts)
    {
        text += (text.empty() ? "" : ", ") + name + " (" + std::to_string(count) + ")";
    }
    return text;
}

/// What is unusual about a device's queue; "" for nothing.
std::string QueueText(const Ptr<NetDevice>& device)
{
    const QueueSize usual("100p");
    PointerValue pointer;
    if (!device->GetAttributeFailSafe("TxQueue", pointer))
    {
        return "";
    }
    const Ptr<Object> queue = pointer.GetObject();
    if (!queue)
    {
        return "";
    }
    const std::string kind = queue->GetInstanceTypeId().GetName();
    if (kind.find("DropTailQueue") == std::string::npos)
    {
        return "queue " + kind;
    }
    QueueSizeValue size;
    if (queue->GetAttributeFailSafe("MaxSize", size) && size.Get() != usual)
    {
        return "queue of " + size.SerializeToString(nullptr);
    }
    return "";
}

} // namespace

void StockParts::LookAtDevice(const Ptr<NetDevice>& device, const std::string& name)
{
    const std::string kind = device->GetInstanceTypeId().GetName();
    PointerValue errors;
    if (device->GetAttributeFailSafe("ReceiveErrorModel", errors))
    {
        const Ptr<ErrorModel> model = errors.Get<ErrorModel>();
        if (model && model->IsEnabled())
        {
            throw InputError(name + " (" + kind + "): its ReceiveErrorModel (" + model->GetInstanceTypeId().GetName() +
                             ") is not taken over; use RdmaNetDevice with an ErrorRate, or disable the model");
        }
    }
    TimeValue gap;
    if (device->GetAttributeFailSafe("InterframeGap", gap) && gap.Get().IsStrictlyPositive())
    {
        throw InputError(name + " (" + kind + "): its InterframeGap is not taken over; lower its DataRate instead");
    }
    if (kind.compare(0, THIS_MODULE.size(), THIS_MODULE) != 0)
    {
        m_stockDevices[kind]++;
        UintegerValue mtu;
        if (device->GetAttributeFailSafe("Mtu", mtu) && mtu.Get() != DEFAULT_MTU)
        {
            m_leftOut["MTU of " + std::to_string(mtu.Get())]++;
        }
    }
    if (const std::string queue = QueueText(device); !queue.empty())
    {
        m_leftOut[queue]++;
    }
}

void StockParts::LookAtApplications(const Ptr<Node>& node)
{
    for (uint32_t a = 0; a < node->GetNApplications(); a++)
    {
        const Ptr<Application> application = node->GetApplication(a);
        const std::string kind = application->GetInstanceTypeId().GetName();
        if (kind == "ns3::BulkSendApplication")
        {
            TimeValue stop;
            m_stopTimes += application->GetAttributeFailSafe("StopTime", stop) && stop.Get().IsStrictlyPositive();
        }
        else if (std::find(RECEIVERS.begin(), RECEIVERS.end(), kind) == RECEIVERS.end())
        {
            m_otherSenders[kind]++;
        }
    }
}

std::vector<FabricRemark> StockParts::Remarks() const
{
    std::vector<FabricRemark> remarks;
    if (!m_stockDevices.empty())
    {
        remarks.push_back({"of stock devices, " + CountsText(m_stockDevices) +
                               ", rates and delays are read; flows run as RDMA transfers of packets of 1000 B, without "
                               "ns-3's queues, protocols and routing",
                           false});
    }
    if (!m_leftOut.empty())
    {
        remarks.push_back({"devices with " + CountsText(m_leftOut), true});
    }
    if (!m_otherSenders.empty())
    {
        remarks.push_back({"traffic of other applications: " + CountsText(m_otherSenders), true});
    }
    if (m_stopTimes > 0)
    {
        remarks.push_back({"transfers run to their end: the StopTime of " + std::to_string(m_stopTimes) +
                               " BulkSend applications is not looked at",
                           false});
    }
    return remarks;
}

} // namespace ns3::m3
