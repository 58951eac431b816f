// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-request-clients.h"

#include "size-distribution.h"

#include "core/random-stream.h"
#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <cmath>

namespace ns3::m3
{

namespace
{

constexpr uint32_t MAX_CLIENTS = 1'000'000;
constexpr uint32_t MAX_REQUESTS = 1'000'000;
constexpr double MAX_REQUEST_FLOWS = 5e7;
constexpr const char* CONSTANT = "constant:";

/// \throws InputError
void CheckClients(const RequestClients& clients, std::size_t hosts)
{
    const auto require = [](bool holds, const std::string& what)
    {
        if (!holds)
        {
            throw InputError("--clients: needs " + what);
        }
    };
    require(hosts >= 2, "a network of at least two hosts");
    require(clients.clients >= 1 && clients.clients <= MAX_CLIENTS, "1 to 1,000,000 clients");
    require(clients.requests >= 1 && clients.requests <= MAX_REQUESTS, "1 to 1,000,000 requests of each client");
    require(clients.fanOut >= 1 && clients.fanOut < hosts,
            "a fan-out of 1 to " + std::to_string(hosts - 1) + ", the hosts but one's own");
    require(clients.requestBytes >= 1 && clients.requestBytes <= MAX_FLOW_BYTES, "requests of 1 B to 1 PB");
    require(clients.serviceNs >= 0 && clients.serviceNs <= MAX_START_NS, "a service time of 0 to 1e9 s");
    require(clients.thinkNs >= 0 && clients.thinkNs <= static_cast<double>(MAX_START_NS) / 100,
            "a thinking time of 0 to 1e7 s");
    const double flows = 2.0 * clients.clients * clients.requests * clients.fanOut;
    require(flows <= MAX_REQUEST_FLOWS, FormatText("at most %.0g flows, not %.3g", MAX_REQUEST_FLOWS, flows));
}

/// Adds the requests of one client after the other.
class ClientMaker
{
  public:
    ClientMaker(Schedule& schedule, const RequestClients& clients, const std::vector<NodeId>& hosts, uint64_t seed)
        : m_schedule(schedule),
          m_clients(clients),
          m_hosts(hosts),
          m_sizes(ParseSizeDistribution(clients.replySizes)),
          m_random(seed)
    {
    }

    void AddClient(uint32_t client)
    {
        const std::size_t own = client % m_hosts.size();
        const NodeId host = m_hosts[own];
        TaskId before = TaskId::OfFlow(0);
        for (uint32_t request = 0; request < m_clients.requests; request++)
        {
            const auto thinkNs = static_cast<int64_t>(std::llround(m_clients.thinkNs * m_random.Exponential()));
            const TaskId think = m_schedule.AddCompute({host, thinkNs});
            if (request > 0)
            {
                m_schedule.AddDependency(think, {before, TaskEvent::RECEIVED, 0});
            }
            const uint32_t group = m_schedule.AddGroup(
                {"request " + std::to_string(request) + " of client " + std::to_string(client), "request"});
            before = m_schedule.AddCompute({host, 0}); // all replies are there
            m_schedule.SetGroup(before, group);
            for (const std::size_t server : Servers(own))
            {
                AddExchange(host, m_hosts[server], think, before, group);
            }
        }
    }

  private:
    /// Draws servers: positions among the hosts, none twice and not `own`.
    std::vector<std::size_t> Servers(std::size_t own)
    {
        std::vector<std::size_t> servers; // among the other hosts; Floyd's sampling without replacement
        const std::size_t others = m_hosts.size() - 1;
        for (std::size_t i = others - m_clients.fanOut; i < others; i++)
        {
            const std::size_t drawn = m_random.Integer(0, i);
            servers.push_back(std::find(servers.begin(), servers.end(), drawn) == servers.end() ? drawn : i);
        }
        for (std::size_t& server : servers)
        {
            server += server >= own;
        }
        return servers;
    }

    void AddExchange(NodeId client, NodeId server, TaskId think, TaskId done, uint32_t group)
    {
        const TaskId request = m_schedule.AddFlow({client, server, m_clients.requestBytes, 0});
        m_schedule.AddDependency(request, {think, TaskEvent::RECEIVED, 0});
        const TaskId reply = m_schedule.AddFlow({server, client, m_sizes->Sample(m_random), 0});
        m_schedule.AddDependency(reply, {request, TaskEvent::RECEIVED, m_clients.serviceNs});
        m_schedule.AddDependency(done, {reply, TaskEvent::RECEIVED, 0});
        m_schedule.SetGroup(request, group);
        m_schedule.SetGroup(reply, group);
    }

    Schedule& m_schedule;
    const RequestClients& m_clients;
    const std::vector<NodeId>& m_hosts;
    std::unique_ptr<SizeDistribution> m_sizes;
    RandomStream m_random;
};

/// A distribution of replies: a number of bytes alone is a constant.
std::string ReplySizes(const std::string& text)
{
    if (!text.empty() && text.front() >= '0' && text.front() <= '9')
    {
        return CONSTANT + std::to_string(ParseBytes("--clients: reply", text, 1, MAX_FLOW_BYTES));
    }
    return text;
}

} // namespace

RequestClients RequestClients::Parse(const std::string& text)
{
    RequestClients clients;
    const std::vector<std::string> parts = SplitList(text, ':');
    if (parts.empty())
    {
        throw InputError("--clients needs COUNT, as in 64:requests=100:reply=64KB:think=10us");
    }
    clients.clients = static_cast<uint32_t>(ParseCount("--clients", parts[0], 1, MAX_CLIENTS));
    for (std::size_t i = 1; i < parts.size(); i++)
    {
        const std::size_t equals = parts[i].find('=');
        const std::string name = parts[i].substr(0, equals);
        std::string value = equals == std::string::npos ? "" : parts[i].substr(equals + 1);
        const std::string full = "--clients: " + name;
        if (name == "requests")
        {
            clients.requests = static_cast<uint32_t>(ParseCount(full, value, 1, MAX_REQUESTS));
        }
        else if (name == "fan-out")
        {
            clients.fanOut = static_cast<uint32_t>(ParseCount(full, value, 1, UINT32_MAX));
        }
        else if (name == "request")
        {
            clients.requestBytes = ParseBytes(full, value, 1, MAX_FLOW_BYTES);
        }
        else if (name == "reply")
        {
            for (; i + 1 < parts.size() && parts[i + 1].find('=') == std::string::npos; i++)
            {
                value += ":" + parts[i + 1]; // a distribution, as in lognormal:20000,1
            }
            clients.replySizes = ReplySizes(value);
            ParseSizeDistribution(clients.replySizes);
        }
        else if (name == "service")
        {
            clients.serviceNs = ParseTimeNs(full, value, "us");
        }
        else if (name == "think")
        {
            clients.thinkNs = static_cast<double>(ParseTimeNs(full, value, "us"));
        }
        else
        {
            throw InputError("--clients: " + Quoted(parts[i]) +
                             " is none of requests=, fan-out=, request=, reply=, service=, think=");
        }
    }
    return clients;
}

void AddRequestClients(Schedule& schedule,
                       const RequestClients& clients,
                       const std::vector<NodeId>& hosts,
                       uint64_t seed)
{
    CheckClients(clients, hosts.size());
    ClientMaker maker(schedule, clients, hosts, seed);
    for (uint32_t client = 0; client < clients.clients; client++)
    {
        maker.AddClient(client);
    }
}

} // namespace ns3::m3
