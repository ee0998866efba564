"""What a client reads around payments: prepared amounts, papers, code tables, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jtnet_recon.client import records
from jtnet_recon.client.address import check_tier
from jtnet_recon.client.frames import to_record
from jtnet_recon.client.lookup import distinct_ids, one_id
from jtnet_recon.columns_reads import PG_SETTINGS, STANDARD_CODES

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from jtnet_recon.client.pull import Source
    from jtnet_recon.client.records import Papers


class RecordReads:
    """The part of a client that reads what stands around payments."""

    _source: Source

    def prepared(self, merchant_uids: str | Iterable[str]) -> pd.DataFrame:
        """Look up the amounts that were registered for some orders before they were paid.

        Parameters
        ----------
        merchant_uids : str or iterable of str
            Order ids (주문번호).

        Returns
        -------
        DataFrame, shape (n, m), table PREPARED
            For ``reconcile(prepare=...)``: ``amount`` int64 in minor units; won where it was
            registered without a currency. ``attrs["lookup"]`` names the orders ``missing``:
            never registered, or of an amount that cannot be read.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /payments/prepare/{merchant_uid}.
        """
        return self._papers(merchant_uids, records.PREPARED_AMOUNTS)

    def receipts(self, imp_uids: str | Iterable[str]) -> pd.DataFrame:
        """Look up the cash receipts (현금영수증) of some payments.

        Parameters
        ----------
        imp_uids : str or iterable of str
            ``imp_uid`` (포트원 번호).

        Returns
        -------
        DataFrame, shape (n, m), table RECEIPTS
            Amounts int64 in won. ``attrs["lookup"]`` names the payments ``missing``, and in
            ``reasons`` the server's words: no receipt, or a PG without them.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /receipts/{imp_uid}.
        """
        return self._papers(imp_uids, records.CASH_RECEIPTS)

    def external_receipts(self, merchant_uids: str | Iterable[str]) -> pd.DataFrame:
        """Look up the cash receipts of some orders that were paid outside i'mport.

        Parameters
        ----------
        merchant_uids : str or iterable of str
            Order ids (주문번호).

        Returns
        -------
        DataFrame, shape (n, m), table EXTERNAL_RECEIPTS
            Amounts int64 in won. ``attrs["lookup"]`` names the orders ``missing``, and why.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /receipts/external/{merchant_uid}.
        """
        return self._papers(merchant_uids, records.CASH_RECEIPTS_EXTERNAL)

    def deliveries(self, imp_uids: str | Iterable[str]) -> pd.DataFrame:
        """Look up the parcels of some escrow payments (에스크로 배송정보).

        Parameters
        ----------
        imp_uids : str or iterable of str
            ``imp_uid`` (포트원 번호).

        Returns
        -------
        DataFrame, shape (n, m), table DELIVERIES
            ``attrs["lookup"]`` names the payments ``missing``, and why: no escrow, nothing
            registered, or a PG without deliveries.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /escrows/logis/{imp_uid}.
        """
        return self._papers(imp_uids, records.PARCELS)

    def certifications(self, imp_uids: str | Iterable[str]) -> pd.DataFrame:
        """Look up identity checks (본인인증); nearly all of it is personal data.

        Parameters
        ----------
        imp_uids : str or iterable of str
            ``imp_uid`` of the checks, which are no payments.

        Returns
        -------
        DataFrame, shape (n, m), table CERTIFICATIONS
            ``attrs["lookup"]`` names the checks ``missing``, and why.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /certifications/{imp_uid}.
        """
        return self._papers(imp_uids, records.IDENTITY_CHECKS)

    def balances(self, imp_uids: str | Iterable[str]) -> pd.DataFrame:
        """Look up how the money of some payments is made up: supply, VAT, points, discounts.

        Parameters
        ----------
        imp_uids : str or iterable of str
            ``imp_uid`` (포트원 번호). Only PAYCO and KCP keep balances.

        Returns
        -------
        DataFrame, shape (n, m), table BALANCES
            One row a part, and one for each part as it once stood; amounts int64 in minor units
            of the payment's currency. ``attrs["lookup"]`` names the payments ``missing``, and
            why.

        Raises
        ------
        ApiError
            If a look-up fails.
        ConfigError
            If an id is no text or cannot be asked for.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /payments/{imp_uid}/balance.
        """
        return records.read_balances(self._source, distinct_ids(imp_uids, "imp_uid"))

    def card_codes(self) -> pd.DataFrame:
        """Read the codes of all card companies (카드사 코드).

        Returns
        -------
        DataFrame, shape (n, 2), table STANDARD_CODES
            ``code`` is text: ``041`` keeps its zero.

        Raises
        ------
        ApiError
            If the list cannot be read.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /cards.
        """
        return records.read_all(self._source, "/cards", STANDARD_CODES)

    def card_code(self, code: str) -> dict[str, Any] | None:
        """Look up one card company.

        Parameters
        ----------
        code : str
            Three digits, such as ``041``.

        Returns
        -------
        dict or None
            ``code`` and ``name``; None if there is none.

        Raises
        ------
        ApiError
            If the look-up fails.
        ConfigError
            If the code is no text.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /cards/{card_standard_code}.
        """
        return self._paper(code, records.CARD_CODES)

    def bank_codes(self) -> pd.DataFrame:
        """Read the codes of all banks (은행 코드).

        Returns
        -------
        DataFrame, shape (n, 2), table STANDARD_CODES
            ``code`` is text: ``004`` keeps its zeros.

        Raises
        ------
        ApiError
            If the list cannot be read.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /banks.
        """
        return records.read_all(self._source, "/banks", STANDARD_CODES)

    def bank_code(self, code: str) -> dict[str, Any] | None:
        """Look up one bank.

        Parameters
        ----------
        code : str
            Three digits, such as ``004``.

        Returns
        -------
        dict or None
            ``code`` and ``name``; None if there is none.

        Raises
        ------
        ApiError
            If the look-up fails.
        ConfigError
            If the code is no text.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /banks/{bank_standard_code}.
        """
        return self._paper(code, records.BANK_CODES)

    def pg_settings(self) -> pd.DataFrame:
        """Read which MIDs (상점아이디) are set up in the console.

        Returns
        -------
        DataFrame, shape (n, m), table PG_SETTINGS
            One row a MID and kind of setting. A PG that was closed may be missing although it
            has payments.

        Raises
        ------
        ApiError
            If the list cannot be read.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /users/pg.
        """
        return records.read_all(self._source, "/users/pg", PG_SETTINGS)

    def tier(self, tier_code: str) -> dict[str, Any] | None:
        """Look up a sub-merchant (하위상점).

        Parameters
        ----------
        tier_code : str
            Three capitals or digits; ``connect(tier=...)`` reads what belongs to it.

        Returns
        -------
        dict or None
            ``tier_code`` and ``tier_name``; None if there is none.

        Raises
        ------
        ApiError
            If the look-up fails.
        ConfigError
            If it is no tier code.

        Notes
        -----
        Source: i'mport V1 OpenAPI, GET /tiers/{tier_code}.
        """
        check_tier(one_id(tier_code, "tier_code"))
        return self._paper(tier_code, records.SUB_MERCHANTS)

    def _papers(self, ids: str | Iterable[str], papers: Papers) -> pd.DataFrame:
        asked = distinct_ids(ids, papers.table.key)
        return records.read_papers(self._source, asked, papers)

    def _paper(self, uid: str, papers: Papers) -> dict[str, Any] | None:
        found = self._papers(one_id(uid, papers.table.key), papers)
        return to_record(found) if len(found) else None
