"""The profile `scale` of docker-compose.yml: what refers to something refers to what is there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from readme import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SCALED = {name: service for name, service in SERVICES.items() if "scale" in service.get("profiles", [])}


def test_without_the_profile_all_is_as_before() -> None:
    assert set(SERVICES) - set(SCALED) == {"mockserver", "example"}


@pytest.mark.parametrize("name", SCALED)
def test_a_service_waits_until_those_it_needs_are_healthy(name: str) -> None:
    needed = SERVICES[name].get("depends_on", {})

    assert {how["condition"] for how in needed.values()} <= {"service_healthy"}
    assert set(needed) <= set(SCALED)
    assert all(SERVICES[each].get("healthcheck") for each in needed)


def test_the_balancer_starts_all_the_others() -> None:
    started, new = set(), {"balancer"}
    while new:
        started |= new
        new = {need for name in new for need in SERVICES[name].get("depends_on", {})}

    assert started == set(SCALED)


def test_images_are_named_with_a_version() -> None:
    tags = [service["image"].partition(":")[2] for service in SCALED.values() if "image" in service]

    assert all(re.match(r"\d", tag) for tag in tags)


def test_replicas_share_the_state_of_the_redis_that_is_started() -> None:
    address = urlsplit(SERVICES["replica"]["environment"]["MOCKSERVER_STATE"])

    assert (address.scheme, address.hostname, address.port) == ("redis", "redis", 6379)
    assert "redis" in SERVICES["replica"]["depends_on"]


def test_replicas_take_no_port_of_the_host_for_there_are_several() -> None:
    assert "ports" not in SERVICES["replica"]
    published = [port.partition(":")[0] for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(set(published)) == len(published)


def test_the_balancer_has_its_configuration_where_the_image_looks_for_it() -> None:
    (config,) = SERVICES["balancer"]["configs"]

    assert config["target"] == "/usr/local/etc/haproxy/haproxy.cfg"
    content = COMPOSE["configs"][config["source"]]["content"]
    assert "$" not in content  # compose would put a variable there
    assert content.endswith("\n")  # HAProxy refuses a last line that does not end


def test_the_balancer_asks_replicas_by_their_name_and_port() -> None:
    content = COMPOSE["configs"]["balancer"]["content"]
    (port,) = [port.partition(":")[2] for port in SERVICES["balancer"]["ports"]]

    assert re.findall(r"server-template \w+ \d+ (\S+)", content) == ["replica:8000"]
    assert re.findall(r"bind :(\d+)", content) == [port]


def test_the_balancer_may_open_two_sockets_for_each_connection() -> None:
    (connections,) = re.findall(r"maxconn (\d+)", COMPOSE["configs"]["balancer"]["content"])

    assert SERVICES["balancer"]["ulimits"]["nofile"] > 2 * int(connections) + 1000
