// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-rdma-net-device.h"

#include "ns3/double.h"
#include "ns3/error-model.h"
#include "ns3/node.h"
#include "ns3/packet.h"
#include "ns3/queue.h"

#include <cmath>

namespace ns3::m3
{

NS_OBJECT_ENSURE_REGISTERED(RdmaNetDevice);
NS_OBJECT_ENSURE_REGISTERED(RdmaChannel);

TypeId RdmaNetDevice::GetTypeId()
{
    static TypeId tid = TypeId("ns3::m3::RdmaNetDevice")
                            .SetParent<SimpleNetDevice>()
                            .SetGroupName("M3")
                            .AddConstructor<RdmaNetDevice>()
                            .AddAttribute("ErrorRate",
                                          "Probability that a packet sent by this port is lost on the link, below 1",
                                          DoubleValue(0),
                                          MakeDoubleAccessor(&RdmaNetDevice::m_errorRate),
                                          MakeDoubleChecker<double>(0, std::nextafter(1.0, 0.0)));
    return tid;
}

TypeId RdmaChannel::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::m3::RdmaChannel").SetParent<SimpleChannel>().SetGroupName("M3").AddConstructor<RdmaChannel>();
    return tid;
}

} // namespace ns3::m3
